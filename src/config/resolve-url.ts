import type { CheckContext } from './check-context';
import { pathText } from './config-document';
import { expandReferences, splitReferences } from './environment';
import { maskUrl } from './mask';

/** An http(s) URL taken apart. */
export interface HttpUrl {
  /** Lower case; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** Without slashes at either end; empty for none. */
  readonly path: string;
  /** `host` or `host:port`, as it stands in a Host header. */
  readonly authority: string;
  /** User name, password, query or fragment, which are not sent. */
  readonly extras: readonly string[];
}

/** Takes an http(s) URL apart; undefined when it is none. */
export function parseHttpUrl(text: string): HttpUrl | undefined {
  const url = URL.parse(text);
  if (url === null || !/^https?:\/\/[^/]/i.test(text.trim()) || url.hostname === '') return undefined;
  const tls = url.protocol === 'https:';
  const extras = [
    ...(url.username !== '' || url.password !== '' ? ['user name and password'] : []),
    ...(url.search !== '' ? ['query'] : []),
    ...(url.hash !== '' ? ['fragment'] : []),
  ];
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (tls ? 443 : 80) : Number(url.port),
    tls,
    path: url.pathname.replace(/^\/+|\/+$/g, ''),
    authority: url.host,
    extras,
  };
}

/** Replaces the references of a text in an address; undefined (and a problem) when one of them is not set. */
export function resolveReferences(
  context: CheckContext,
  container: object,
  key: string,
  text: string,
): string | undefined {
  const { text: resolved, unset } = expandReferences(text, context.environment);
  if (unset.length === 0) return resolved;
  const { document, problems } = context;
  const names = unset.map((name) => `\`${name}\``).join(' and ');
  problems.add('unresolved_reference', document.place(container, key), {
    message: `\`${pathText(document.pathOf(container, key))}\` needs ${names}, which ${unset.length > 1 ? 'are' : 'is'} not set.`,
  });
  return undefined;
}

/** Reads an http(s) URL of the file, with its references resolved; undefined (and a problem) when it cannot be used. */
export function resolveUrl(context: CheckContext, container: object, key: string, text: string): HttpUrl | undefined {
  const resolved = resolveReferences(context, container, key, text);
  if (resolved === undefined) return undefined;
  const { document, problems } = context;
  const place = document.place(container, key);
  const name = pathText(document.pathOf(container, key));
  const url = parseHttpUrl(resolved);
  if (url === undefined) {
    problems.add('invalid_url', place, {
      message:
        text === ''
          ? `\`${name}\` is empty.`
          : `\`${name}\` is \`${maskUrl(text)}\`, which is not a complete http or https URL.`,
      fix: urlAdvice(resolved, splitReferences(text).length > 1),
    });
    return undefined;
  }
  for (const extra of url.extras) {
    problems.add('no_effect', place, {
      message: `The ${extra} in \`${name}\` ${extra.includes('and') ? 'are' : 'is'} not sent.`,
      why: 'Only scheme, host, port and path of an address are used.',
      fix: extra.includes('password') ? 'Use `access_key` or `headers` for credentials.' : 'Remove it from the URL.',
    });
  }
  return url;
}

function urlAdvice(text: string, hasReferences: boolean): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    if (!/^https?:/i.test(text)) return 'Use `http://` or `https://`.';
    return 'Check host and port: the port must be a number from 1 to 65535.';
  }
  if (hasReferences || !/^[\w.-]+(:\d+)?(\/\S*)?$/.test(text)) return 'Write scheme and host: `http://host:port`.';
  return `Write the scheme too: \`http://${text}\`.`;
}
