import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';

const blockLength = 256 * 1024;

/**
 * Writes a big text file line by line in blocks, waiting whenever the disk is slower; the file appears under its name
 * only when it is complete.
 */
export async function writeRows(file, rows) {
  await fs.mkdir(path.dirname(path.resolve(file)), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  const stream = createWriteStream(temporary);
  try {
    let block = '';
    for (const row of rows) {
      block += row;
      block += '\n';
      if (block.length < blockLength) continue;
      if (!stream.write(block)) await once(stream, 'drain');
      block = '';
    }
    stream.end(block);
    await finished(stream);
    await fs.rename(temporary, file);
  } catch (error) {
    stream.destroy();
    await fs.rm(temporary, { force: true });
    throw error;
  }
}

/** `data.csv` → `data.truth.csv`: the file that says which labels are wrong lies beside the data. */
export function truthFileOf(file) {
  const { dir, name } = path.parse(file);
  return path.join(dir, `${name}.truth.csv`);
}

/** A whole number given on the command line. */
export function wholeNumber(text, name, least) {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least) {
    console.error(`--${name} must be a whole number of at least ${least}, not "${text}".`);
    process.exit(2);
  }
  return value;
}
