import { spawn } from 'node:child_process';

/**
 * Ends the children of a supervisor that is killed outright (kill -9, out of memory). A shell waits on a pipe that only the
 * supervisor holds: when the pipe ends, it ends the processes that were named on it. It lives in a session of its own,
 * so that Ctrl-C in a terminal does not reach it.
 */
export interface OrphanGuard {
  watch(pid: number): void;
  release(pid: number): void;
  /** Ends the guard without touching any process. */
  stop(): void;
}

const SCRIPT = `
trap '' INT TERM HUP
pids=''
while read -r verb pid; do
  case $verb in
    watch) pids="$pids $pid" ;;
    release)
      kept=''
      for each in $pids; do [ "$each" = "$pid" ] || kept="$kept $each"; done
      pids=$kept ;;
    stop) exit 0 ;;
  esac
done
[ -n "$pids" ] || exit 0
kill -TERM $pids 2>/dev/null
for turn in 1 2 3 4 5 6; do
  sleep 0.5
  kill -0 $pids 2>/dev/null || exit 0
done
kill -KILL $pids 2>/dev/null
`;

/** Starts the guard. Where there is no shell it does nothing; the next command then ends what was left behind. */
export function startOrphanGuard(): OrphanGuard {
  const shell = spawn('/bin/sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  shell.on('error', () => undefined);
  shell.stdin.on('error', () => undefined);
  shell.unref();
  const tell = (line: string): void => void shell.stdin.write(`${line}\n`);
  return {
    watch: (pid) => tell(`watch ${pid}`),
    release: (pid) => tell(`release ${pid}`),
    stop: () => void shell.stdin.end('stop\n'),
  };
}
