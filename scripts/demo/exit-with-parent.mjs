// Preloaded into the demo's children (`node --import`): when the demo dies without a chance to stop them (kill -9), their
// standard input closes and they end as if told to. Only the direct child acts: grandchildren and workers load this too.
import { isMainThread } from 'node:worker_threads';

if (isMainThread && process.env.OUTERLOOP_DEMO_PID === String(process.ppid)) {
  process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM'));
  process.stdin.on('error', () => process.kill(process.pid, 'SIGTERM'));
  process.stdin.resume().unref();
}
