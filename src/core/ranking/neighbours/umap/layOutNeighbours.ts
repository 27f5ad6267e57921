import type { FeatureRows } from '../../../base/featureRows';
import type { JobContext } from '../../../job/jobContext';
import type { NeighbourSearch } from '../neighbours';
import { buildFuzzyGraph } from './fuzzyGraph';
import { LayoutSteps } from './layoutSteps';

/** Nearest others of each row; with itself umap-learn's 15. */
const neighbourCount = 14;
/** Rounds as umap-learn makes them: fewer for many rows. */
const manyRows = 10_000;
const roundsOfMany = 200;
const roundsOfFew = 500;
/** Half the width of what is begun with. */
const startWidth = 10;
/** Rows in one place at the start must not stay there. */
const startNoise = 1e-4;
/** Pairs moved between two looks at the signal: some 20 ms. */
const pairsAtOnce = 100_000;

interface LayoutRequest {
  readonly features: FeatureRows;
  /** Rows from the first on that are laid out (n). */
  readonly rows: number;
  /** n×2: where they stand at the start, in any unit; its large shape is kept. */
  readonly start: Float32Array;
  readonly neighbours: NeighbourSearch;
}

/** Rows among their neighbours in a plane. */
export interface NeighbourLayout {
  /** n×2. */
  readonly xy: Float32Array;
  /** Share of the true neighbours that were found to lay them out by. */
  readonly recall: number;
}

/** The stages it reports. */
export const layoutStages = { neighbours: 'neighbours', layout: 'layout' } as const;

/**
 * UMAP of the first n rows from where they stand. The same seed gives the same places. The search for neighbours, and
 * O(n·k) a round.
 */
export function layOutNeighbours(
  { features, rows, start, neighbours }: LayoutRequest,
  context: JobContext,
): NeighbourLayout {
  const { signal, progress, random } = context;
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  progress({ stage: layoutStages.neighbours, done: 0, total: rows });
  const found = neighbours.search(
    { features, references: all, queries: all, k: Math.max(1, Math.min(neighbourCount, rows - 1)) },
    context,
    (done, total) => progress({ stage: layoutStages.neighbours, done, total }),
  );
  const rounds = rows > manyRows ? roundsOfMany : roundsOfFew;
  progress({ stage: layoutStages.layout, done: 0, total: rounds });
  const xy = scaleStart(start, () => random.uniform());
  signal.throwIfCancelled();
  const steps = new LayoutSteps(buildFuzzyGraph(found), xy, rounds, random.integer(2 ** 31));
  for (let round = 0; round < rounds; round++) {
    for (let from = 0; from < steps.pairs; from += pairsAtOnce) {
      signal.throwIfCancelled();
      steps.move(from, Math.min(steps.pairs, from + pairsAtOnce), round, 1 - round / rounds);
    }
    progress({ stage: layoutStages.layout, done: round + 1, total: rounds });
  }
  return { xy, recall: found.recall };
}

function scaleStart(start: Float32Array, uniform: () => number): Float32Array {
  const widest = start.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const scale = widest === 0 ? 0 : startWidth / widest;
  return start.map((value) => value * scale + startNoise * (2 * uniform() - 1));
}
