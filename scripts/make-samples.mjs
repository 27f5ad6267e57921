/**
 * Builds resources/samples from the source data: digits.csv with a known tenth of its labels changed, the file that
 * says which, and credit.csv as it is. The same input gives the same bytes.
 *     node scripts/make-samples.mjs FOLDER_WITH_SOURCE_DATA [OUTPUT_FOLDER]
 */
import fs from 'node:fs/promises';
import path from 'node:path';
import { plantLabelErrors } from './data/plantErrors.mjs';
import { createRandom } from './data/random.mjs';
import { projectRoot } from './setup/paths.mjs';

const seed = 20;
const share = 0.1;

const [source, output = path.join(projectRoot, 'resources', 'samples')] = process.argv.slice(2);
if (source === undefined) {
  console.error('Usage: node scripts/make-samples.mjs FOLDER_WITH_SOURCE_DATA [OUTPUT_FOLDER]');
  process.exit(2);
}
await fs.mkdir(output, { recursive: true });

const text = await fs.readFile(path.join(source, 'digits.csv'), 'utf8');
const newline = text.includes('\r\n') ? '\r\n' : '\n';
const lines = text.trimEnd().split(newline);
const [header, ...rows] = lines;
if (!header.startsWith('id,') || !header.endsWith(',label') || lines.some((line) => /["\r\n]/.test(line))) {
  throw new Error('digits.csv is not as expected: id first, label last, no quotes, the same line ends throughout.');
}
const labels = rows.map((row) => row.slice(row.lastIndexOf(',') + 1));
const planted = plantLabelErrors(labels, share, createRandom(seed));
const changedRows = rows.map((row, index) => row.slice(0, row.lastIndexOf(',') + 1) + planted.labels[index]);
const truth = planted.changed.map(
  ({ row, original, changed }) => `${rows[row].split(',', 1)[0]},${original},${changed}`,
);

await fs.writeFile(path.join(output, 'digits.csv'), [header, ...changedRows, ''].join(newline));
await fs.writeFile(path.join(output, 'digits.truth.csv'), ['id,original_label,changed_label', ...truth, ''].join('\n'));
await fs.copyFile(path.join(source, 'credit.csv'), path.join(output, 'credit.csv'));
await fs.chmod(path.join(output, 'credit.csv'), 0o644);
console.log(
  `${output}: digits.csv (${rows.length} rows, ${truth.length} labels changed), digits.truth.csv, credit.csv`,
);
