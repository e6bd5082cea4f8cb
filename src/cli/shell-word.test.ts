import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { shellWord } from './shell-word';

describe('shellWord', () => {
  it.each(['config.yaml', '/etc/outer-loop/a_b.yaml'])('leaves %s as it is', (text) => {
    expect(shellWord(text)).toBe(text);
  });

  it.each(['my config.yaml', "it's.yaml", '$HOME', 'a\nb', '', 'ünïcode "x"'])('a shell reads %j back', (text) => {
    expect(execFileSync('sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' })).toBe(text);
  });
});
