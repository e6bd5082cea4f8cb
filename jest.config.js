// Three suites, slowest last: unit (beside the code), stream (scripted ext_proc, in process), dataplane (real Envoy).
const transform = {
  '^.+\\.[cm]?[tj]sx?$': [
    '@swc/jest',
    { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
  ],
};
const base = {
  testEnvironment: 'node',
  transform,
  // These packages ship ES modules, or use import() at run time; jest runs CommonJS.
  transformIgnorePatterns: [
    '/node_modules/(?!(eventsource-parser|commander|@huggingface/tokenizers|@opentelemetry/otlp-exporter-base)/)',
  ],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};
module.exports = {
  projects: [
    {
      ...base,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/src/**/*.test.ts',
        '<rootDir>/scripts/**/*.test.ts',
        '<rootDir>/test/{fakes,golden}/**/*.test.ts',
      ],
    },
    { ...base, displayName: 'stream', testMatch: ['<rootDir>/test/stream/**/*.test.ts'] },
    { ...base, displayName: 'dataplane', testMatch: ['<rootDir>/test/dataplane/**/*.test.ts'] },
  ],
};
