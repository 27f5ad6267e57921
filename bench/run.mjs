// Runs a TypeScript benchmark without a build: node bench/run.mjs suspicion [arguments]
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withTypescript } from './typescript.mjs';

const [name, ...rest] = process.argv.slice(2);
const file = join(dirname(fileURLToPath(import.meta.url)), `${name}.ts`);
if (name === undefined || !existsSync(file)) {
  console.error('Usage: node bench/run.mjs NAME [arguments], where bench/NAME.ts exists.');
  process.exit(2);
}
await withTypescript(file, ({ main }) => main(rest));
