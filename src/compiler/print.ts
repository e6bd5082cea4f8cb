import { Document, isMap, isPair, isScalar, isSeq, type Node } from 'yaml';
import { REASONS, typed, type EnvoyObject, type EnvoyValue } from './resource';

/** Plain Envoy resources of one Plan. `bootstrap` has neither listeners nor clusters yet. */
export interface EnvoyResources {
  readonly planHash: string;
  readonly bootstrap: EnvoyObject;
  readonly listeners: readonly EnvoyObject[];
  readonly clusters: readonly EnvoyObject[];
}

/** Files of the directory form. */
export const BOOTSTRAP_FILE = 'envoy.yaml';
export const LISTENERS_FILE = 'listeners.yaml';
export const CLUSTERS_FILE = 'clusters.yaml';

const COMMENT_WIDTH = 110;

/** One bootstrap file that holds everything, for an Envoy that is started (or edited) by hand. */
export function printStatic({ planHash, bootstrap, listeners, clusters }: EnvoyResources): string {
  const intro = [
    'Envoy bootstrap, made by `outerloop compile --static`. Needs Envoy 1.40 or newer.',
    'To paste it into an Envoy that already runs, take the listeners, the clusters, layered_runtime and typed_dns_resolver_config.',
    `Plan ${planHash}`,
  ];
  return print({ ...bootstrap, static_resources: { listeners, clusters } }, intro);
}

/**
 * The directory form: a bootstrap and the resources it watches.
 *
 * @param directory absolute path at which Envoy will find the files
 * @returns file name to YAML
 */
export function printDirectory(resources: EnvoyResources, directory: string): ReadonlyMap<string, string> {
  const { planHash, bootstrap, listeners, clusters } = resources;
  const watched = (file: string): EnvoyObject => ({
    resource_api_version: 'V3',
    path_config_source: { path: `${directory}/${file}`, watched_directory: { path: directory } },
  });
  const dynamic = { dynamic_resources: { cds_config: watched(CLUSTERS_FILE), lds_config: watched(LISTENERS_FILE) } };
  const discovered = (type: string, list: readonly EnvoyObject[]): EnvoyObject => ({
    version_info: planHash,
    resources: list.map((resource) => typed(type, resource)),
  });
  return new Map([
    [CLUSTERS_FILE, print(discovered('envoy.config.cluster.v3.Cluster', clusters), ['Places that Envoy may call.'])],
    [LISTENERS_FILE, print(discovered('envoy.config.listener.v3.Listener', listeners), ['Ports that Envoy opens.'])],
    [
      BOOTSTRAP_FILE,
      print({ ...bootstrap, ...dynamic }, [
        'Envoy bootstrap, made by `outerloop compile`. Needs Envoy 1.40 or newer.',
        `Envoy watches ${directory}: a file that is moved into it takes effect without a restart.`,
      ]),
    ],
  ]);
}

/** YAML with the reasons as comments; each sentence once per file. */
function print(root: EnvoyObject, intro: readonly string[]): string {
  // Envoy reads YAML 1.1 scalars (`no`, `on`, `0x10`); with this schema strings of that look are quoted.
  const document = new Document(root, { schema: 'yaml-1.1', aliasDuplicateObjects: false, keepUndefined: false });
  explain(document.contents, root, new Set());
  document.commentBefore = intro.map(wrap).join('\n');
  return document.toString({ lineWidth: 0, singleQuote: true });
}

function explain(node: Node | null, value: EnvoyValue | undefined, said: Set<string>): void {
  if (isSeq(node) && Array.isArray(value)) {
    node.items.forEach((item, index) => explain(item as Node, (value as readonly EnvoyValue[])[index], said));
    return;
  }
  if (!isMap(node) || typeof value !== 'object' || value === null) return;
  const object = value as EnvoyObject;
  for (const pair of node.items) {
    if (!isPair(pair) || !isScalar(pair.key)) continue;
    const field = String(pair.key.value);
    const reason = object[REASONS]?.[field];
    if (reason !== undefined && !said.has(reason)) {
      said.add(reason);
      pair.key.commentBefore = wrap(reason);
    }
    explain(pair.value as Node | null, object[field], said);
  }
}

function wrap(sentence: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of sentence.split(' ')) {
    if (line.length + word.length >= COMMENT_WIDTH) {
      lines.push(line);
      line = '';
    }
    line += ` ${word}`;
  }
  return [...lines, line].join('\n');
}
