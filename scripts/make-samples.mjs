/**
 * Builds resources/samples from the source data: digits.csv with a known tenth of its labels changed, credit.csv as it
 * is, the plain ones of reviews.csv (product, review, score) with some ratings changed, and the first pictures of each
 * folder of fashion1000.zip with a tenth of them in another folder; each with a file that says which labels were. The
 * same input gives the same bytes; a sample whose source is not there is left as it is.
 *     node scripts/make-samples.mjs FOLDER_WITH_SOURCE_DATA [OUTPUT_FOLDER]
 */
import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import Papa from 'papaparse';
import { fromBufferPromise } from 'yauzl';
import { findPlainReviews } from './data/plainReviews.mjs';
import { plantLabelErrors } from './data/plantErrors.mjs';
import { createRandom } from './data/random.mjs';
import { storedZip } from './data/storedZip.mjs';
import { projectRoot } from './setup/paths.mjs';

const seed = 20;
const share = 0.1;
/** Ratings are noisy by themselves. */
const ratingShare = 0.06;
/** Pictures of each class. */
const picturesEach = 60;

const [source, output = path.join(projectRoot, 'resources', 'samples')] = process.argv.slice(2);
if (source === undefined) {
  console.error('Usage: node scripts/make-samples.mjs FOLDER_WITH_SOURCE_DATA [OUTPUT_FOLDER]');
  process.exit(2);
}
await fs.mkdir(output, { recursive: true });

const makers = {
  'digits.csv': makeDigits,
  'credit.csv': copyCredit,
  'reviews.csv': makeReviews,
  'fashion1000.zip': makeFashion,
};
for (const [name, make] of Object.entries(makers)) {
  const file = path.join(source, name);
  console.log(existsSync(file) ? await make(file) : `${name} is not in ${source}: its sample stays as it is`);
}

async function makeDigits(file) {
  const text = await fs.readFile(file, 'utf8');
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = text.trimEnd().split(newline);
  const [header, ...rows] = lines;
  if (!header.startsWith('id,') || !header.endsWith(',label') || lines.some((line) => /["\r\n]/.test(line))) {
    throw new Error('digits.csv is not as expected: id first, label last, no quotes, the same line ends throughout.');
  }
  const labels = rows.map((row) => row.slice(row.lastIndexOf(',') + 1));
  const planted = plantLabelErrors(labels, share, createRandom(seed));
  const changedRows = rows.map((row, index) => row.slice(0, row.lastIndexOf(',') + 1) + planted.labels[index]);
  await fs.writeFile(path.join(output, 'digits.csv'), [header, ...changedRows, ''].join(newline));
  await writeTruth('digits', planted.changed, (row) => rows[row].split(',', 1)[0]);
  return `digits.csv: ${rows.length} rows, ${planted.changed.length} labels changed`;
}

async function copyCredit(file) {
  await fs.copyFile(file, path.join(output, 'credit.csv'));
  await fs.chmod(path.join(output, 'credit.csv'), 0o644);
  return 'credit.csv: as it is';
}

async function makeReviews(file) {
  const { data: reviewed } = Papa.parse(await fs.readFile(file, 'utf8'), { header: true, skipEmptyLines: true });
  const plain = findPlainReviews(reviewed.map(({ review }) => review)).map((place) => reviewed[place]);
  const ratings = plantLabelErrors(
    plain.map(({ score }) => score),
    ratingShare,
    createRandom(seed),
  );
  const idOf = (row) => `review-${String(row + 1).padStart(4, '0')}`;
  const rows = plain.map(({ review }, row) => ({
    id: idOf(row),
    review: review.replace(/\s+/g, ' ').trim(),
    rating: ratings.labels[row],
  }));
  await fs.writeFile(path.join(output, 'reviews.csv'), `${Papa.unparse(rows, { newline: '\n' })}\n`);
  await writeTruth('reviews', ratings.changed, idOf);
  return `reviews.csv: ${plain.length} rows, ${ratings.changed.length} ratings changed`;
}

async function makeFashion(file) {
  const pictures = await readPictures(file);
  const planted = plantLabelErrors(
    pictures.map(({ folder }) => folder),
    share,
    createRandom(seed),
  );
  const nameOf = (row) => `${planted.labels[row]}/${pictures[row].file}`;
  const placed = pictures
    .map(({ bytes }, row) => ({ name: nameOf(row), bytes }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  await fs.writeFile(path.join(output, 'fashion.zip'), storedZip(placed));
  await writeTruth('fashion', planted.changed, nameOf);
  return `fashion.zip: ${placed.length} pictures, ${planted.changed.length} of them in another folder`;
}

/** The first pictures of each folder of an archive, in the order of their names. */
async function readPictures(archive) {
  const zip = await fromBufferPromise(await fs.readFile(archive), { lazyEntries: true });
  const found = [];
  for await (const entry of zip.eachEntry()) {
    const [folder, file, ...deeper] = entry.fileName.split('/');
    if (!file) continue;
    if (deeper.length > 0 || !file.endsWith('.png')) throw new Error(`${entry.fileName} is not FOLDER/NAME.png.`);
    const parts = [];
    for await (const part of await zip.openReadStreamPromise(entry)) parts.push(part);
    found.push({ folder, file, bytes: Buffer.concat(parts) });
  }
  found.sort((a, b) => (a.file < b.file ? -1 : 1));
  const counts = new Map();
  return found.filter(({ folder }) => {
    const count = (counts.get(folder) ?? 0) + 1;
    counts.set(folder, count);
    return count <= picturesEach;
  });
}

/** Which labels were changed, beside the sample. */
async function writeTruth(name, changed, idOf) {
  const lines = changed.map(({ row, original, changed: label }) => `${idOf(row)},${original},${label}`);
  const text = ['id,original_label,changed_label', ...lines, ''].join('\n');
  await fs.writeFile(path.join(output, `${name}.truth.csv`), text);
}
