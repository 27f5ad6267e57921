import fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { projectRoot } from './paths.mjs';
import { runLive } from './run.mjs';
import { SetupError } from './setupError.mjs';

const samples = path.join(projectRoot, 'resources', 'samples');

/** Parses a CSV file with a header into one object per row (papaparse is there once the packages are). */
async function readTable(file) {
  const { default: Papa } = await import('papaparse');
  const text = await fs.readFile(file, 'utf8');
  return Papa.parse(text, { header: true, skipEmptyLines: true }).data;
}

/**
 * How well the ranking finds the labels that were changed on purpose.
 * @param {readonly {id: string, rank: string, given_label: string, suggested_label: string}[]} scores
 * @param {readonly {id: string, original_label: string}[]} truth
 */
export function judgeRanking(scores, truth) {
  const original = new Map(truth.map((row) => [row.id, row.original_label]));
  const ranked = scores.filter((row) => row.rank !== '').sort((a, b) => Number(a.rank) - Number(b.rank));
  const top = ranked.slice(0, original.size);
  const found = top.filter((row) => original.has(row.id));
  const corrected = found.filter((row) => row.suggested_label === original.get(row.id));
  return { changed: original.size, found: found.length, corrected: corrected.length, first: ranked.slice(0, 10) };
}

/** Lines of right-aligned cells, each column as wide as its widest cell. */
export function alignColumns(table) {
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  return table.map((row) => row.map((text, column) => text.padStart(widths[column])).join('  '));
}

/** Audits the bundled digits in the terminal and says what came out. Returns the exit code. */
export async function runSampleAudit(log = console.log) {
  const folder = await fs.mkdtemp(path.join(tmpdir(), 'assay-sample-'));
  const out = path.join(folder, 'digits');
  const cli = path.join(projectRoot, 'out', 'main', 'assay.js');
  const code = await runLive(process.execPath, [cli, 'audit', path.join(samples, 'digits.csv'), '--out', out], {
    cwd: folder,
    seconds: 20 * 60,
  });
  if (code !== 0) return code;
  const scores = await readTable(path.join(out, 'scores.csv'));
  const removals = await readTable(path.join(out, 'removal_list.csv'));
  const truth = await readTable(path.join(samples, 'digits.truth.csv'));
  if (scores.length === 0) throw new SetupError(`The sample audit wrote no scores to ${out}.`);
  const { changed, found, corrected, first } = judgeRanking(scores, truth);
  log(`\nSample audit: ${scores.length} handwritten digits, ${changed} of their labels changed on purpose.`);
  log(
    `  ${found} of the ${changed} most suspicious rows are changed ones; for ${corrected} the original label is suggested.`,
  );
  log(`  ${removals.length} rows are on the removal list (suspicion at least 0.5).\n`);
  const heads = ['rank', 'row id', 'given', 'suggested', 'suspicion'];
  const cells = first.map((row) => [
    row.rank,
    row.id,
    row.given_label,
    row.suggested_label,
    Number(row.suspicion).toFixed(4),
  ]);
  for (const line of alignColumns([heads, ...cells])) log(`  ${line}`);
  log(`\nWritten to ${out}`);
  log(
    'With your own data: npm run assay -- audit DATA.csv --out FOLDER   (all options: npm run assay -- audit --help)',
  );
  return 0;
}
