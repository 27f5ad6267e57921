/**
 * Builds resources/samples from the source data: digits.csv with a known tenth of its labels changed, credit.csv as it
 * is, and the plain ones of reviews.csv (product, review, score) with some ratings changed; each with a file that says
 * which labels were. The same input gives the same bytes.
 *     node scripts/make-samples.mjs FOLDER_WITH_SOURCE_DATA [OUTPUT_FOLDER]
 */
import fs from 'node:fs/promises';
import path from 'node:path';
import Papa from 'papaparse';
import { findPlainReviews } from './data/plainReviews.mjs';
import { plantLabelErrors } from './data/plantErrors.mjs';
import { createRandom } from './data/random.mjs';
import { projectRoot } from './setup/paths.mjs';

const seed = 20;
const share = 0.1;
/** Ratings are noisy by themselves. */
const ratingShare = 0.06;

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

const { data: reviewed } = Papa.parse(await fs.readFile(path.join(source, 'reviews.csv'), 'utf8'), {
  header: true,
  skipEmptyLines: true,
});
const plain = findPlainReviews(reviewed.map(({ review }) => review)).map((place) => reviewed[place]);
const ratings = plantLabelErrors(
  plain.map(({ score }) => score),
  ratingShare,
  createRandom(seed),
);
const idOf = (row) => `review-${String(row + 1).padStart(4, '0')}`;
const reviewRows = plain.map(({ review }, row) => ({
  id: idOf(row),
  review: review.replace(/\s+/g, ' ').trim(),
  rating: ratings.labels[row],
}));
const ratingTruth = ratings.changed.map(({ row, original, changed }) => `${idOf(row)},${original},${changed}`);
await fs.writeFile(path.join(output, 'reviews.csv'), `${Papa.unparse(reviewRows, { newline: '\n' })}\n`);
await fs.writeFile(
  path.join(output, 'reviews.truth.csv'),
  ['id,original_label,changed_label', ...ratingTruth, ''].join('\n'),
);
console.log(
  `${output}: digits.csv (${rows.length} rows, ${truth.length} labels changed), credit.csv, reviews.csv (${plain.length} rows, ${ratingTruth.length} ratings changed)`,
);
