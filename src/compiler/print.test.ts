import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { printDirectory, printStatic, type EnvoyResources } from './print';
import { because, together } from './resource';

function resources(listener: EnvoyResources['listeners'][number]): EnvoyResources {
  return {
    planHash: 'abc',
    bootstrap: { node: { id: 'outerloop' } },
    listeners: [listener],
    clusters: [{ name: 'c' }],
  };
}

describe('comments', () => {
  it('stand above the setting they explain', () => {
    const text = printStatic(resources(because({ name: 'l', port: 1 }, { port: 'Because one is enough.' })));
    expect(text).toMatch(/name: l\n +# Because one is enough\.\n +port: 1\n/);
  });

  it('are written once per file', () => {
    const port = () => because({ port: 1 }, { port: 'Because one is enough.' });
    const text = printStatic(resources({ first: port(), second: port() }));
    expect(text.match(/Because one is enough/g)).toHaveLength(1);
  });

  it('are wrapped', () => {
    const text = printStatic(resources(because({ port: 1 }, { port: 'word '.repeat(100).trim() })));
    expect(Math.max(...text.split('\n').map((line) => line.trim().length))).toBeLessThan(120);
    expect(text.match(/\bword\b/g)).toHaveLength(100);
  });

  it('survive when messages are put together', () => {
    const text = printStatic(
      resources(together(because({ a: 1 }, { a: 'First reason.' }), because({ b: 2 }, { b: 'Second reason.' }))),
    );
    expect(text).toContain('# First reason.');
    expect(text).toContain('# Second reason.');
  });
});

describe('values', () => {
  it('leave out what is undefined', () => {
    expect(printStatic(resources({ name: 'l', tracing: undefined }))).not.toContain('tracing');
  });

  // Envoy reads these as booleans, numbers or null when they are not quoted.
  it.each([
    'no',
    'on',
    'Yes',
    'y',
    'N',
    'null',
    '~',
    '0x10',
    '1e3',
    '1_000',
    '12:30',
    '010',
    '.inf',
    '',
    '#x',
    'a: b',
    '%x',
  ])('that look like something else are quoted: %j', (text) => {
    const printed = printStatic(resources({ name: text }));
    expect(printed).toMatch(/name: ["']/);
    expect(parse(printed)).toMatchObject({ static_resources: { listeners: [{ name: text }] } });
  });
});

describe('printDirectory', () => {
  const files = printDirectory(resources({ name: 'l' }), '/run/outerloop/envoy');

  it('makes three files', () => {
    expect([...files.keys()].sort()).toEqual(['clusters.yaml', 'envoy.yaml', 'listeners.yaml']);
  });

  it('lets the bootstrap watch the other two where Envoy finds them', () => {
    const watched = (file: string) => ({
      resource_api_version: 'V3',
      path_config_source: {
        path: `/run/outerloop/envoy/${file}`,
        watched_directory: { path: '/run/outerloop/envoy' },
      },
    });
    expect(parse(files.get('envoy.yaml') ?? '')).toMatchObject({
      dynamic_resources: { cds_config: watched('clusters.yaml'), lds_config: watched('listeners.yaml') },
    });
  });

  it('types the resources and names the Plan', () => {
    expect(parse(files.get('listeners.yaml') ?? '')).toEqual({
      version_info: 'abc',
      resources: [{ '@type': 'type.googleapis.com/envoy.config.listener.v3.Listener', name: 'l' }],
    });
  });
});
