/**
 * Makes the big table of the reading and scrolling measurements.
 *     node scripts/make-large-csv.mjs FILE [--rows 1000000] [--seed 1]
 */
import fs from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { largeTableColumns, largeTableLines } from './data/largeTable.mjs';
import { wholeNumber, writeRows } from './data/rowWriter.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rows: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } },
});
if (positionals.length !== 1) {
  console.error('Usage: node scripts/make-large-csv.mjs FILE [--rows 1000000] [--seed 1]');
  process.exit(2);
}
const rows = wholeNumber(values.rows, 'rows', 1);
await writeRows(positionals[0], largeTableLines(rows, wholeNumber(values.seed, 'seed', 0)));
const { size } = await fs.stat(positionals[0]);
console.log(`${positionals[0]}: ${rows} rows × ${largeTableColumns.length} columns, ${(size / 1e6).toFixed(1)} MB`);
