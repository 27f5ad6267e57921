import { copyFile, link, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeNpy } from '../../src/worker/store/npy/npy';
import type { Noise } from '../suspicion/plantedErrors';
import { averagePrecision } from '../suspicion/plantedErrors';
import { compareTables, plantInTable } from './tables';
import type { Assessment, Outputs, SideOutputs, Workload } from './workload';

const sets = ['fashion', 'clothes'] as const;
const noises: readonly Noise[] = ['uniform', 'asymmetric'];
const seeds = [1, 2, 3] as const;
const share = 0.1;

/** Each kind of errors in each set, three times. */
export const pictureFiles = sets.flatMap((set) =>
  noises.flatMap((noise) =>
    seeds.map((seed) => ({ name: `${set}-${noise}-${seed}`, group: `${set}-${noise}`, set, noise, seed })),
  ),
);

/**
 * Label errors planted in pictures of clothes. Assay: `assay audit` with its defaults, a process a file, from the
 * pictures and the CSV file that names them to its results. Peers: 5-fold cross-validated logistic regression, then
 * cleanlab.
 */
export function picturesWorkload(): Workload {
  return {
    name: 'ranking-pictures',
    summary: `assay audit of ${pictureFiles.length} files (1,000 or 2,000 pictures, 10 % label errors); peers: 5-fold CV of logistic regression on the vectors of the same network, on their principal axes or on pixels, cleanlab's score`,
    rows: 2_000,
    features: 150,
    classes: 10,
    data: { kind: 'pictures', rows: 3_000, features: 1_280, classes: 10, seed: 3, sets: sets.join(','), vectors: true },
    derive: plantPictures,
    task: 'tables',
    settings: { files: pictureFiles.map(({ name }) => name).join(','), folds: 5 },
    peers: ['cleanlab-pictures-encoder', 'cleanlab-pictures-axes', 'cleanlab-pictures-pixels'],
    largePeers: [],
    reference: null,
    repeats: 1,
    warmUps: 0,
    limits: {},
    assess,
  };
}

/** The pictures, a CSV file for each of {@link pictureFiles}, and which of its labels are wrong. */
async function plantPictures(made: string, folder: string): Promise<void> {
  for (const set of sets) {
    await mkdir(join(folder, set));
    for (const name of await readdir(join(made, set))) await place(join(made, set, name), join(folder, set, name));
    await place(join(made, `vectors-${set}.npy`), join(folder, `vectors-${set}.npy`));
  }
  for (const { name, set, noise, seed } of pictureFiles) {
    const { csv, wrong } = plantInTable(await readFile(join(made, `${set}.csv`), 'utf8'), noise, share, seed);
    await writeFile(join(folder, `${name}.csv`), csv);
    await writeNpy(join(folder, `wrong-${name}.npy`), { data: wrong, shape: [wrong.length] });
  }
}

async function place(from: string, to: string): Promise<void> {
  // Folders on two disks have no links between them.
  await link(from, to).catch(() => copyFile(from, to));
}

async function assess(outputs: Outputs): Promise<Assessment> {
  const sides: [string, SideOutputs][] = [['assay', outputs.assay], ...Object.entries(outputs.peers)];
  const found: Record<string, Record<string, number>> = {};
  for (const { name } of pictureFiles) {
    const wrong = Uint8Array.from((await outputs.data(`wrong-${name}`)).data);
    found[name] = {};
    for (const [side, { array }] of sides) {
      found[name][side] = averagePrecision(Float64Array.from((await array(name)).data), wrong);
    }
  }
  return { errors: {}, more: { ...compareTables(meansOverSeeds(found)) } };
}

type Precisions = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Of each set and kind of errors, by side. */
export function meansOverSeeds(found: Precisions): Precisions {
  const groups = [...new Set(pictureFiles.map(({ group }) => group))];
  return Object.fromEntries(
    groups.map((group) => {
      const files = pictureFiles.filter((file) => file.group === group).map(({ name }) => found[name]);
      const meanOf = (side: string): number => files.reduce((sum, one) => sum + one[side], 0) / files.length;
      return [group, Object.fromEntries(Object.keys(files[0]).map((side) => [side, meanOf(side)]))];
    }),
  );
}
