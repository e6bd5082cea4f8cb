import { types } from 'node:util';

/** Exit codes of every verb: 0 ended in order, 1 problems or start-up failure, 2 wrong usage. */
export type ExitCode = 0 | 1 | 2;

export interface FailureOptions {
  /** What to do about it: a command or one sentence. */
  readonly fix?: string;
  /** Lines that help to understand it (the end of a log, the culprit's output). */
  readonly details?: readonly string[];
  readonly exitCode?: 1 | 2;
  readonly cause?: unknown;
}

/** A failure that a person can act on. Printed without a stack trace; everything else that is thrown is a defect. */
export class CommandFailure extends Error {
  readonly fix: string | undefined;
  readonly details: readonly string[];
  readonly exitCode: 1 | 2;

  constructor(message: string, options: FailureOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'CommandFailure';
    this.fix = options.fix;
    this.details = options.details ?? [];
    this.exitCode = options.exitCode ?? 1;
  }
}

/** The code of a Node.js system error such as `ENOENT`; undefined for anything else. */
export function systemErrorCode(reason: unknown): string | undefined {
  if (!types.isNativeError(reason) || !('code' in reason)) return undefined;
  return typeof reason.code === 'string' ? reason.code : undefined;
}

/** One line for anything that was thrown. */
export function messageOf(reason: unknown): string {
  return types.isNativeError(reason) ? reason.message : String(reason);
}

const FILE_FIXES: Readonly<Record<string, string>> = {
  EACCES: 'Give this user access to it, or choose another place (OUTERLOOP_HOME for state and logs).',
  EPERM: 'Give this user access to it, or choose another place (OUTERLOOP_HOME for state and logs).',
  EROFS: 'The file system is read-only: choose another place (OUTERLOOP_HOME for state and logs).',
  ENOTDIR: 'A file stands where a folder is needed: choose another place, or move the file away.',
  EEXIST: 'A file stands where a folder is needed: choose another place, or move the file away.',
  EISDIR: 'A folder stands where a file is needed: name a file.',
  ENOSPC: 'The disk is full: free some space.',
};

/** What to do about a system error that names a path; undefined for other errors. */
export function fileErrorFix(reason: unknown): string | undefined {
  if (!types.isNativeError(reason) || !('path' in reason)) return undefined;
  return FILE_FIXES[systemErrorCode(reason) ?? ''];
}
