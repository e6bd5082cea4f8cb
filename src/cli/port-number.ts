import { InvalidArgumentError } from 'commander';

/** Reads a TCP port from the command line; 0 stands for "any free one". */
export function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError('It must be a number from 0 to 65535.');
  return port;
}
