// How the demo speaks: plain lines, colours only on a terminal that wants them.
const colours = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
const paint = (code) => (text) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text);

export const bold = paint(1);
export const dim = paint(2);
export const tick = paint(32)('✓');
export const cross = paint(31)('✗');

export function say(line) {
  process.stdout.write(`${line}\n`);
}

/** Part of a line, for answers that arrive in pieces. */
export function write(text) {
  process.stdout.write(text);
}

export function heading(text) {
  say(`\n${bold(text)}`);
}
