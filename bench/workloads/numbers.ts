import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRandom } from '../../src/core/base/random';
import { writeNpy } from '../../src/worker/store/npy/npy';
import { averagePrecision } from '../suspicion/plantedErrors';
import { compareTables, type Precisions } from './tables';
import type { Assessment, Outputs, SideOutputs, Workload } from './workload';

/** Of scikit-learn and of ISLP; the last three took no part in any choice of how numbers are judged. */
const tables = [
  ...['diabetes', 'friedman1', 'friedman3', 'auto', 'bikeshare', 'boston', 'carseats', 'college', 'hitters', 'wage'],
  ...['graduates', 'wine', 'breast_cancer'],
];
const mostRows = 1_000;

export const numberNoises = ['shifted', 'swapped', 'tenfold'] as const;
type NumberNoise = (typeof numberNoises)[number];

interface NumberFile {
  readonly name: string;
  readonly table: string;
  readonly noise: NumberNoise;
  readonly percent: number;
  readonly seed: number;
}

/** Each table with each kind and share of errors, each drawn by a seed of its own. */
export const numberFiles: readonly NumberFile[] = tables
  .flatMap((table) =>
    numberNoises.flatMap((noise) =>
      [5, 10].map((percent) => ({ name: `${table}-${noise}-${percent}`, table, noise, percent })),
    ),
  )
  .map((file, at) => ({ ...file, seed: at + 1 }));

/**
 * Errors planted in numeric labels of tables that come with packages. Assay: `assay audit --head ridge`, a process a
 * file, from the CSV file to its results. Peers: cleanlab's regression module.
 */
export function numbersWorkload(): Workload {
  return {
    name: 'ranking-numbers',
    summary: `assay audit --head ridge of ${numberFiles.length} files (${tables.length} tables, 5 and 10 % wrong numbers); peers: cleanlab's regression module`,
    rows: mostRows,
    features: 30,
    classes: 0,
    data: {
      kind: 'numbers',
      rows: mostRows,
      features: 30,
      classes: 0,
      seed: 6,
      tables: tables.join(','),
    },
    derive: plantTables,
    task: 'tables',
    settings: { files: numberFiles.map(({ name }) => name).join(','), folds: 5, head: 'ridge' },
    peers: ['cleanlab-regression', 'cleanlab-regression-forest'],
    largePeers: [],
    reference: null,
    repeats: 1,
    warmUps: 0,
    limits: {},
    assess,
  };
}

/** A CSV file for each of {@link numberFiles}, and which of its labels are wrong. */
async function plantTables(made: string, folder: string): Promise<void> {
  for (const { name, table, noise, percent, seed } of numberFiles) {
    const csv = await readFile(join(made, `${table}.csv`), 'utf8');
    const planted = plantInNumbers(csv, noise, percent / 100, seed);
    await writeFile(join(folder, `${name}.csv`), planted.csv);
    await writeNpy(join(folder, `wrong-${name}.npy`), { data: planted.wrong, shape: [planted.wrong.length] });
  }
}

/**
 * Changes labels in a table as peers/numericTables.py writes it, the last cell of each line: by 1.5 to 3 standard
 * deviations up or down (`shifted`), to that of another of the rows drawn (`swapped`), or to ten times itself
 * (`tenfold`). What stays the same is not wrong.
 */
export function plantInNumbers(
  csv: string,
  noise: NumberNoise,
  share: number,
  seed: number,
): { readonly csv: string; readonly wrong: Uint8Array } {
  const [header, ...lines] = csv.trim().split(/\r?\n/);
  const cut = lines.map((line) => line.lastIndexOf(',') + 1);
  const labels = Float64Array.from(lines, (line, row) => Number(line.slice(cut[row])));
  const random = createRandom(seed);
  const order = Int32Array.from(labels.keys());
  random.shuffle(order);
  const drawn = order.subarray(0, Math.round(share * labels.length));
  const mean = labels.reduce((a, b) => a + b) / labels.length;
  const deviation = Math.sqrt(labels.reduce((sum, label) => sum + (label - mean) ** 2, 0) / labels.length);
  const planted = labels.slice();
  drawn.forEach((row, at) => {
    const step = (random.uniform() < 0.5 ? -1 : 1) * (1.5 + 1.5 * random.uniform()) * deviation;
    if (noise === 'shifted') planted[row] += step;
    else planted[row] = noise === 'swapped' ? labels[drawn[(at + 1) % drawn.length]] : 10 * labels[row];
  });
  const changed = lines.map((line, row) => `${line.slice(0, cut[row])}${planted[row]}`);
  return {
    csv: `${[header, ...changed].join('\n')}\n`,
    wrong: Uint8Array.from(planted, (label, row) => (label === labels[row] ? 0 : 1)),
  };
}

async function assess(outputs: Outputs): Promise<Assessment> {
  const sides: [string, SideOutputs][] = [['assay', outputs.assay], ...Object.entries(outputs.peers)];
  const found: Record<string, Record<string, number>> = {};
  for (const { name } of numberFiles) {
    const wrong = Uint8Array.from((await outputs.data(`wrong-${name}`)).data);
    found[name] = {};
    for (const [side, { array }] of sides) {
      found[name][side] = averagePrecision(Float64Array.from((await array(name)).data), wrong);
    }
  }
  const compared = compareTables(found);
  return { errors: {}, more: { ...compared, average_precision_by_noise: meansByNoise(compared.average_precisions) } };
}

/** For each kind of errors the mean average precision of each side. */
export function meansByNoise(byFile: Readonly<Record<string, Precisions>>): Readonly<Record<string, Precisions>> {
  return Object.fromEntries(
    numberNoises.map((noise) => {
      const files = numberFiles.flatMap(({ name, noise: own }) =>
        own === noise && name in byFile ? [byFile[name]] : [],
      );
      const sides = Object.keys(files[0] ?? {});
      const meanOf = (side: string): number => files.reduce((sum, one) => sum + one[side], 0) / files.length;
      return [noise, Object.fromEntries(sides.map((side) => [side, meanOf(side)]))];
    }),
  );
}
