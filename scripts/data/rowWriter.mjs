import fs from 'node:fs/promises';
import path from 'node:path';

const blockLength = 256 * 1024;

/**
 * Writes a big text file line by line in blocks, waiting whenever the disk is slower; the file appears under its name
 * only when it is complete.
 */
export async function writeRows(file, rows) {
  await fs.mkdir(path.dirname(path.resolve(file)), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    const handle = await fs.open(temporary, 'w');
    try {
      let block = '';
      for (const row of rows) {
        block += row;
        block += '\n';
        if (block.length < blockLength) continue;
        await handle.appendFile(block);
        block = '';
      }
      await handle.appendFile(block);
    } finally {
      await handle.close();
    }
    await fs.rename(temporary, file);
  } catch (error) {
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
