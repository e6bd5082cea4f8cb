/** Starts worker threads, from compiled files and (unit tests) straight from source. */
import { Worker } from 'node:worker_threads';

/**
 * @param file absolute path of the thread's module, without extension
 * @param name shown by debuggers
 */
export function startThread(file: string, name: string): Worker {
  if (!__filename.endsWith('.ts')) return new Worker(`${file}.js`, { name });
  return new Worker(RUN_FROM_SOURCE, { eval: true, name, workerData: `${file}.ts` });
}

/**
 * Only when this file itself runs uncompiled: a thread knows nothing of the test runner's transform, so it compiles what
 * it requires with the same compiler.
 */
const RUN_FROM_SOURCE = `
const { readFileSync } = require('node:fs');
const { workerData } = require('node:worker_threads');
const { transformSync } = require('@swc/core');
const jsc = { target: 'es2023', parser: { syntax: 'typescript' } };
require.extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), { filename, jsc, module: { type: 'commonjs' } });
  module._compile(code, filename);
};
require(workerData);
`;
