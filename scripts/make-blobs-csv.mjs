/**
 * Makes a table of numbers in classes with a known share of wrong labels, and FILE's .truth.csv that names them.
 *     node scripts/make-blobs-csv.mjs FILE [--rows 200000] [--numbers 30] [--classes 5] [--noise 0.05] [--distance 4.4]
 *     [--seed 1]
 */
import { parseArgs } from 'node:util';
import { makeBlobs } from './data/blobs.mjs';
import { truthFileOf, wholeNumber, writeRows } from './data/rowWriter.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string', default: '200000' },
    numbers: { type: 'string', default: '30' },
    classes: { type: 'string', default: '5' },
    noise: { type: 'string', default: '0.05' },
    distance: { type: 'string', default: '4.4' },
    seed: { type: 'string', default: '1' },
  },
});
const noise = Number(values.noise);
const distance = Number(values.distance);
if (positionals.length !== 1 || !(noise >= 0 && noise <= 1) || !(distance > 0)) {
  console.error(
    'Usage: node scripts/make-blobs-csv.mjs FILE [--rows N] [--numbers N] [--classes N] [--noise 0..1] [--distance D] [--seed N]',
  );
  process.exit(2);
}
const [file] = positionals;
const { lines, truth } = makeBlobs({
  rows: wholeNumber(values.rows, 'rows', 1),
  numbers: wholeNumber(values.numbers, 'numbers', 1),
  classes: wholeNumber(values.classes, 'classes', 2),
  noise,
  distance,
  seed: wholeNumber(values.seed, 'seed', 0),
});
await writeRows(file, lines);
await writeRows(truthFileOf(file), truth);
console.log(`${file}: ${values.rows} rows × ${values.numbers} numbers, ${values.classes} classes`);
console.log(`${truthFileOf(file)}: ${truth.length - 1} wrong labels`);
