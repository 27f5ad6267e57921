import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { createFloat64LinearAlgebra } from '../src/core/linalg/float64LinearAlgebra';
import { parseTable } from './suspicion/parseTable';
import type { Noise } from './suspicion/plantedErrors';
import type { Verdict } from './verdicts/measureVerdicts';
import { measureVerdicts } from './verdicts/measureVerdicts';
import { printVerdicts } from './verdicts/printVerdicts';

interface Plan {
  readonly noise: Noise;
  readonly share: number;
  readonly seed: number;
}

const shares = [0.05, 0.15];
const plantedSeeds = [1, 2, 3];
const cleanSeeds = [4, 5, 6, 7];

const plans: readonly Plan[] = [
  ...cleanSeeds.map((seed): Plan => ({ noise: 'uniform', share: 0, seed })),
  ...plantedSeeds.flatMap((seed) =>
    shares.flatMap((share) => (['uniform', 'asymmetric'] as const).map((noise) => ({ noise, share, seed }))),
  ),
];

/**
 * Whether a verdict on a removal is right when validation labels hold the same errors as those that train: CSV files
 * whose last column is the label, as `ranking-tables` leaves them in the cache, audited by default with errors planted
 * in all labels. Prints how often, and how nearly, the change of the validation loss by each way to take the validation
 * labels is that on the right labels. `--json`: every verdict, on standard output.
 */
export function main(args: readonly string[]): void {
  const { values, positionals: files } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  });
  if (files.length === 0) throw new Error('Name CSV files whose last column is the label.');
  const linalg = createFloat64LinearAlgebra();
  const started = process.cpuUsage();
  const found: (Plan & Verdict & { readonly file: string })[] = [];
  for (const path of files) {
    const file = basename(path, '.csv');
    const table = parseTable(readFileSync(path, 'utf8'));
    console.error(`${file}: ${table.labels.length} rows`);
    for (const plan of plans) {
      for (const verdict of measureVerdicts({ ...table, ...plan }, linalg)) found.push({ file, ...plan, ...verdict });
    }
  }
  if (values.json) console.log(JSON.stringify(found));
  else
    printVerdicts(
      found.filter(({ share }) => share > 0),
      found.filter(({ share }) => share === 0),
    );
  console.error(
    `${plans.length * files.length} audits, ${(process.cpuUsage(started).user / 1e6).toFixed(0)} CPU seconds`,
  );
}
