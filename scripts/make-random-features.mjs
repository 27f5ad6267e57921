/**
 * Makes a table with about as many features as rows from the numbers of another: rows of two classes, the first of them
 * for training, with random Fourier features in place of the numbers.
 *     node scripts/make-random-features.mjs TABLE.csv OUT.csv --label label --classes 3,8 [--features 256] [--train
 *     300] [--bandwidth 40] [--seed 1]
 */
import fs from 'node:fs/promises';
import { parseArgs } from 'node:util';
import Papa from 'papaparse';
import { createRandom } from './data/random.mjs';
import { randomFourierFeatures } from './data/randomFeatures.mjs';
import { wholeNumber, writeRows } from './data/rowWriter.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    label: { type: 'string', default: 'label' },
    classes: { type: 'string' },
    features: { type: 'string', default: '256' },
    train: { type: 'string', default: '300' },
    bandwidth: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
  },
});
const bandwidth = Number(values.bandwidth);
if (positionals.length !== 2 || values.classes === undefined || !(bandwidth > 0)) {
  console.error(
    'Usage: node scripts/make-random-features.mjs TABLE.csv OUT.csv --classes A,B [--label COLUMN] [--features N] [--train N] [--bandwidth B] [--seed N]',
  );
  process.exit(2);
}
const [table, out] = positionals;
const { data, meta } = Papa.parse(await fs.readFile(table, 'utf8'), { header: true, skipEmptyLines: true });
const classes = new Set(values.classes.split(','));
const chosen = data.filter((row) => classes.has(row[values.label]));
const numbers = meta.fields.filter(
  (name) => name !== values.label && chosen.every((row) => Number.isFinite(Number(row[name]))),
);
const seed = wholeNumber(values.seed, 'seed', 0);
const features = wholeNumber(values.features, 'features', 1);
const train = wholeNumber(values.train, 'train', 2);
if (chosen.length <= train) {
  console.error(`${table} has ${chosen.length} rows of these classes: not more than ${train} for training.`);
  process.exit(2);
}
const random = createRandom(seed);
const order = chosen.map((_, index) => index);
for (let i = order.length - 1; i > 0; i--) {
  const j = random.integer(i + 1);
  [order[i], order[j]] = [order[j], order[i]];
}
const made = randomFourierFeatures(
  order.map((index) => numbers.map((name) => Number(chosen[index][name]))),
  { features, bandwidth, seed },
);
const header = ['label', 'split', ...Array.from({ length: features }, (_, j) => `f${j}`)];
const lines = made.map((row, place) =>
  [
    chosen[order[place]][values.label],
    place < train ? 'train' : 'validation',
    ...row.map((value) => value.toFixed(8)),
  ].join(','),
);
await writeRows(out, [header.join(','), ...lines]);
console.log(`${out}: ${train} training rows of ${made.length} × ${features} features`);
