// Last step of `npm run build`: what the compiler leaves out. Copies the templates of `outerloop init`, makes the command
// executable, and links it so that `npx outerloop` works in a checkout without asking a registry.
import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');
const command = join(root, 'dist', 'cli', 'main.js');

cpSync(join(root, 'src', 'cli', 'templates'), join(root, 'dist', 'cli', 'templates'), { recursive: true });
chmodSync(command, 0o755);

// As a dependency of another package the package manager makes the link, and node_modules lies elsewhere.
const binFolder = join(root, 'node_modules', '.bin');
if (existsSync(join(root, 'node_modules'))) {
  mkdirSync(binFolder, { recursive: true });
  const link = join(binFolder, 'outerloop');
  if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) rmSync(link);
  symlinkSync(relative(binFolder, command), link);
}
