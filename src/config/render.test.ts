import { describe, expect, it } from '@jest/globals';
import { loadConfig, problemsJson, renderProblems } from './index';

const TEXT = `version: v0.4.0
listeners:
  - type: model
    name: llm
    port: "12000"
model_providers:
  - model: openai/gpt-4o
    acces_key: sk-live-secret
`;

async function problemsOf(text: string): ReturnType<typeof loadConfig> {
  return loadConfig('config.yaml', { env: {}, text });
}

describe('problems as text', () => {
  it('show the place, the line, the reason and the way out, with secrets masked', async () => {
    const { problems } = await problemsOf(TEXT);
    expect(renderProblems(problems, { color: false }))
      .toBe(`error[wrong_type]: \`listeners[0].port\` must be a whole number, but it is the text \`12000\`.
 --> config.yaml:5:11
  |
5 |     port: "12000"
  |           ^^^^^^^
  = why: Port to bind; model 12000 and prompt 10000 when absent.
  = fix: Write it without quotes: \`port: 12000\`.

error[unknown_key]: \`acces_key\` is not a known key in \`model_providers[0]\`.
 --> config.yaml:8:5
  |
8 |     acces_key: ********
  |     ^^^^^^^^^
  = why: An unknown key has no meaning here; most often it is a typo or stands at the wrong level.
  = fix: Did you mean \`access_key\`?

warning[no_credential]: \`openai/gpt-4o\` has neither \`access_key\` nor \`passthrough_auth\`.
 --> config.yaml:7:12
  |
7 |   - model: openai/gpt-4o
  |            ^^^^^^^^^^^^^
  = why: The provider refuses calls without a key.
  = fix: Add \`access_key: $YOUR_VARIABLE\`, or \`passthrough_auth: true\` to use the caller’s own key.

2 errors, 1 warning
`);
  });

  it('are the same with colours around them', async () => {
    const { problems } = await problemsOf(TEXT);
    const colored = renderProblems(problems, { color: true });
    // eslint-disable-next-line no-control-regex -- the escape sequences are what is looked for
    const escapes = /\u001B\[\d+m/g;
    expect(colored).toMatch(escapes);
    expect(colored.replaceAll(escapes, '')).toBe(renderProblems(problems, { color: false }));
  });

  it('cut long lines around what is meant', async () => {
    const { problems } = await problemsOf(
      `version: v0.4.0\nlisteners: [${' '.repeat(300)}{type: nope, name: x, port: 1}]\n`,
    );
    const lines = renderProblems(problems, { color: false }).split('\n');
    const source = lines.findIndex((line) => line.includes('nope,'));
    const [text = '', mark = ''] = lines.slice(source, source + 2);
    expect(text.length).toBeLessThan(130);
    expect(text.slice(mark.indexOf('^'), mark.lastIndexOf('^') + 1)).toBe('nope');
  });

  it('are empty when there are none', () => {
    expect(renderProblems([], { color: true })).toBe('');
  });

  it.each([
    ['passwords in URLs', 'base_url: https://user:hunter2@h:abc', 'hunter2'],
    ['quoted literals', "access_key: 'sk-live-1'\n    port: 1", 'sk-live-1'],
    ['flow mappings', 'headers: {Authorization: "Bearer sk-live-2", x: 1}', 'sk-live-2'],
  ])('mask %s', async (_name, entry, secret) => {
    const { problems } = await problemsOf(
      `version: v0.4.0\nlisteners: []\nmodel_providers:\n  - model: openai/a\n    ${entry}\n`,
    );
    expect(problems.length).toBeGreaterThan(0);
    expect(renderProblems(problems, { color: false })).not.toContain(secret);
  });
});

describe('problems as JSON', () => {
  it('have exactly the pinned keys', async () => {
    const { problems } = await problemsOf(TEXT);
    const { file, problems: listed } = problemsJson('config.yaml', problems);
    expect(file).toBe('config.yaml');
    expect(listed.map((problem) => Object.keys(problem))).toEqual(
      listed.map(() => ['code', 'severity', 'file', 'line', 'column', 'message', 'why', 'fix']),
    );
  });
});
