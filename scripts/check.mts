/**
 * `npm run check`: everything that can be said about the source without running it. All checks run, so that one pass
 * over the output shows all that is wrong; the exit code is 1 when any failed.
 */
import { spawn } from 'node:child_process';

interface Check {
  readonly name: string;
  readonly script: string;
  /** Command that mends what the check finds, where there is one. */
  readonly remedy?: string;
}

const CHECKS: readonly Check[] = [
  { name: 'generated files', script: 'check:generated', remedy: 'npm run gen' },
  { name: 'formatting', script: 'format:check', remedy: 'npm run format' },
  { name: 'import directions', script: 'check:imports' },
  { name: 'types', script: 'check:types' },
  { name: 'lint', script: 'lint', remedy: 'npx eslint . --fix' },
];

/** Runs one npm script with its output passed through; resolves with whether it succeeded. */
function run({ script }: Check): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', ['run', '--silent', script], { stdio: 'inherit' });
    child.once('error', reject);
    child.once('close', (code) => resolve(code === 0));
  });
}

const failed: Check[] = [];
const lines: string[] = [];
for (const check of CHECKS) {
  console.log(`── ${check.name}`);
  const started = performance.now();
  const passed = await run(check);
  if (!passed) failed.push(check);
  const remedy = !passed && check.remedy !== undefined ? `   (${check.remedy})` : '';
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  lines.push(`${passed ? 'ok    ' : 'FAILED'}  ${check.name.padEnd(18)} ${seconds.padStart(5)} s${remedy}`);
}
console.log(`\n${lines.join('\n')}`);
process.exitCode = failed.length > 0 ? 1 : 0;
