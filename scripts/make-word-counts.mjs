/**
 * Turns a table of texts into numbers: for the most frequent words, log(1 + count) in each text. The other columns
 * stay.
 *     node scripts/make-word-counts.mjs TABLE.csv OUT.csv --text subject,body [--words 400]
 */
import fs from 'node:fs/promises';
import { parseArgs } from 'node:util';
import Papa from 'papaparse';
import { wholeNumber, writeRows } from './data/rowWriter.mjs';
import { countWords } from './data/wordCounts.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { text: { type: 'string' }, words: { type: 'string', default: '400' } },
});
if (positionals.length !== 2 || values.text === undefined) {
  console.error('Usage: node scripts/make-word-counts.mjs TABLE.csv OUT.csv --text COLUMNS [--words N]');
  process.exit(2);
}
const [table, out] = positionals;
const { data, meta } = Papa.parse(await fs.readFile(table, 'utf8'), { header: true, skipEmptyLines: true });
const columns = values.text.split(',');
const missing = columns.filter((name) => !meta.fields.includes(name));
if (missing.length > 0) {
  console.error(`There is no column ${missing.join(', ')} in ${table}; it has ${meta.fields.join(', ')}.`);
  process.exit(2);
}
const { words, counts } = countWords(
  data.map((row) => columns.map((name) => row[name]).join(' ')),
  wholeNumber(values.words, 'words', 1),
);
const kept = meta.fields.filter((name) => !columns.includes(name));
const cells = data.map((row, index) => [
  ...kept.map((name) => row[name]),
  ...counts[index].map((count) => (count === 0 ? '0' : Math.log1p(count).toFixed(6))),
]);
await writeRows(out, [Papa.unparse([[...kept, ...words.map((word) => `w_${word}`)], ...cells], { newline: '\n' })]);
console.log(`${out}: ${data.length} rows × ${words.length} words`);
