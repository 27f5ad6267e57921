import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Annotations, gatherAnnotations } from '../../src/core/annotators/annotations';
import { fitDawidSkene } from '../../src/core/annotators/dawidSkene';
import { takeMajority } from '../../src/core/annotators/majority';
import { createRandom } from '../../src/core/base/random';
import { writeNpy } from '../../src/worker/store/npy/npy';
import type { Assessment, Outputs, PeerName, Workload } from './workload';

const tables = ['digits', 'breast_cancer', 'segment', 'vehicle', 'synthetic-2', 'synthetic-4'];
const mostRows = 1_000;

/** Annotators by their accuracy; below 0: −x is the share that goes to the next class. And labels a row, from … to. */
const crowds = {
  'good-3': { accuracies: [0.9, 0.8, 0.7], labels: [1, 3] },
  'mixed-5': { accuracies: [0.9, 0.5, 0.85, 0.6, 0.75], labels: [1, 2] },
  'mixed-10': { accuracies: [0.9, 0.4, 0.85, 0.5, 0.8, 0.6, 0.95, 0.7, 0.55, 0.65], labels: [1, 5] },
  'adversary-5': { accuracies: [0.9, 0.7, 0.8, 0.6, -0.8], labels: [1, 3] },
} as const;
type CrowdName = keyof typeof crowds;

interface CrowdFile {
  readonly name: string;
  readonly table: string;
  readonly crowd: CrowdName;
  readonly seed: number;
}

/** Each table with each crowd, each drawn by a seed of its own. */
export const crowdFiles: readonly CrowdFile[] = tables
  .flatMap((table) =>
    (Object.keys(crowds) as CrowdName[]).map((crowd) => ({ name: `${table}-${crowd}`, table, crowd })),
  )
  .map((file, at) => ({ ...file, seed: at + 1 }));

const peers = ['cleanlab-logistic', 'cleanlab-extra-trees'] as const satisfies readonly PeerName[];

/**
 * Annotators of known accuracy planted on tables. Assay: `assay annotators` with its defaults, a process a file. Peers:
 * majority vote, 5-fold cross-validated probabilities of one classifier, and cleanlab's multiannotator module.
 */
export function annotatorsWorkload(): Workload {
  return {
    name: 'annotators',
    summary: `assay annotators of ${crowdFiles.length} files (${tables.length} tables, ${Object.keys(crowds).length} crowds); peers: 5-fold CV and cleanlab's multiannotator module`,
    rows: mostRows,
    features: 64,
    classes: 10,
    data: { kind: 'tables', rows: mostRows, features: 64, classes: 10, seed: 8, tables: tables.join(',') },
    derive: plantCrowds,
    task: 'annotators',
    settings: { files: crowdFiles.map(({ name }) => name).join(','), folds: 5 },
    peers,
    largePeers: [],
    reference: null,
    repeats: 1,
    warmUps: 0,
    limits: {},
    assess,
  };
}

/** A CSV file for each of {@link crowdFiles}, its true classes, and the labels (n×m, −1 = none). */
async function plantCrowds(made: string, folder: string): Promise<void> {
  for (const { name, table, crowd, seed } of crowdFiles) {
    const { csv, truth, labels } = plantCrowd(await readFile(join(made, `${table}.csv`), 'utf8'), crowd, seed);
    await writeFile(join(folder, `${name}.csv`), csv);
    await writeNpy(join(folder, `truth-${name}.npy`), { data: truth, shape: [truth.length] });
    await writeNpy(join(folder, `labels-${name}.npy`), {
      data: labels,
      shape: [truth.length, labels.length / truth.length],
    });
  }
}

/** The table as peers/tables.py writes it (the last cell of a line is c0, c1, …) with a column an annotator instead. */
export function plantCrowd(
  csv: string,
  crowd: CrowdName,
  seed: number,
): { readonly csv: string; readonly truth: Int32Array; readonly labels: Int32Array } {
  const { accuracies, labels: range } = crowds[crowd];
  const random = createRandom(seed);
  const [header, ...lines] = csv.trim().split(/\r?\n/);
  const cut = lines.map((line) => line.lastIndexOf(',c'));
  const truth = Int32Array.from(lines, (line, row) => Number(line.slice(cut[row] + 2)));
  const classes = Math.max(...truth) + 1;
  const m = accuracies.length;
  const labels = new Int32Array(truth.length * m).fill(-1);
  const written = lines.map((line, row) => {
    const who = Int32Array.from({ length: m }, (_, a) => a);
    random.shuffle(who);
    for (const a of who.slice(0, range[0] + random.integer(range[1] - range[0] + 1))) {
      const accuracy = accuracies[a];
      const right = random.uniform() < (accuracy < 0 ? 1 + accuracy : accuracy);
      const step = accuracy < 0 ? 1 : 1 + random.integer(classes - 1);
      labels[row * m + a] = right ? truth[row] : (truth[row] + step) % classes;
    }
    const given = Array.from(labels.subarray(row * m, (row + 1) * m), (label) => (label < 0 ? '' : `c${label}`));
    return `${line.slice(0, cut[row])},${given.join()}`;
  });
  const names = accuracies.map((_, a) => `label_${String(a + 1).padStart(2, '0')}`);
  return { csv: `${[`${header.replace(/,label$/, '')},${names.join()}`, ...written].join('\n')}\n`, truth, labels };
}

async function assess(outputs: Outputs): Promise<Assessment> {
  const found: Record<string, Record<string, number>> = {};
  const errors: Record<string, number[]> = {};
  for (const { name } of crowdFiles) {
    const truth = Int32Array.from((await outputs.data(`truth-${name}`)).data);
    const annotations = readLabels(await outputs.data(`labels-${name}`));
    const planted = plantedAccuracies(annotations, truth);
    const shares: Record<string, number> = { majority: shareRight(takeMajority(annotations).label, truth) };
    for (const [side, { array }] of [['assay', outputs.assay] as const, ...peersOf(outputs)]) {
      shares[side] = shareRight((await array(`consensus-${name}`)).data, truth);
      const quality = (await array(`quality-${name}`)).data;
      (errors[side] ??= []).push(...planted.map((share, a) => Math.abs(quality[a] - share)));
      if (side === 'assay') continue;
      const experts = Float32Array.from((await array(`probabilities-${name}`)).data);
      const { posterior } = fitDawidSkene(annotations, { experts });
      shares[`assay with the probabilities of ${side}`] = shareRight(largest(posterior, annotations.classes), truth);
    }
    found[name] = shares;
  }
  const sides = Object.keys(Object.values(found)[0]);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    errors: {},
    more: {
      consensus_accuracies: found,
      consensus_accuracy: Object.fromEntries(
        sides.map((side) => [side, mean(Object.values(found).map((shares) => shares[side]))]),
      ),
      behind: Object.fromEntries(
        peersOf(outputs).map(([peer]) => [
          peer,
          {
            files: Object.values(found).filter((shares) => shares['assay'] < shares[peer]).length,
            'with its probabilities': Object.values(found).filter(
              (shares) => shares[`assay with the probabilities of ${peer}`] < shares[peer],
            ).length,
          },
        ]),
      ),
      annotator_accuracy_error: Object.fromEntries(Object.entries(errors).map(([side, own]) => [side, mean(own)])),
    },
  };
}

function peersOf(outputs: Outputs) {
  return peers.flatMap((name) => {
    const side = outputs.peers[name];
    return side === undefined ? [] : [[name, side] as const];
  });
}

/** n×m labels, −1 = none. */
function readLabels({ data, shape }: Awaited<ReturnType<Outputs['data']>>): Annotations {
  const [rows, annotators] = shape;
  const places = Array.from(data.keys()).filter((at) => data[at] >= 0);
  const given = {
    row: places.map((at) => Math.floor(at / annotators)),
    annotator: places.map((at) => at % annotators),
    label: places.map((at) => data[at]),
  };
  return gatherAnnotations({ rows, classes: Math.max(...given.label) + 1, annotators }, given).annotations;
}

/** Share of each annotator's labels that are right. */
function plantedAccuracies({ rows, annotators, starts, annotator, label }: Annotations, truth: Int32Array): number[] {
  const all = new Float64Array(annotators);
  const right = new Float64Array(annotators);
  for (let i = 0; i < rows; i++) {
    for (let at = starts[i]; at < starts[i + 1]; at++) {
      all[annotator[at]]++;
      if (label[at] === truth[i]) right[annotator[at]]++;
    }
  }
  return Array.from(all, (count, a) => right[a] / count);
}

function largest(posterior: Float64Array, classes: number): Int32Array {
  return Int32Array.from({ length: posterior.length / classes }, (_, i) => {
    const row = posterior.subarray(i * classes, (i + 1) * classes);
    return row.indexOf(Math.max(...row));
  });
}

function shareRight(found: ArrayLike<number>, truth: Int32Array): number {
  return truth.reduce((sum, label, row) => sum + Number(found[row] === label), 0) / truth.length;
}
