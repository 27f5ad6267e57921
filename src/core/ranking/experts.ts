import type { HeadProblem } from '../models/headProblem';
import { fillClassProbabilities } from '../influence/rowSolver';
import type { Neighbours } from './neighbours';

/** Out-of-sample class probabilities of all rows from one source. */
export interface Expert {
  readonly name: 'head' | 'neighbours10' | 'neighbours30';
  /** n×C, rows sum to 1. Float32: they are mixed and compared, never subtracted from 1. */
  readonly probabilities: Float32Array;
}

/** The neighbour experts' k, ascending; the search is asked for the largest. */
export const neighbourCounts = [10, 30] as const;

/** The head's probabilities from n×K out-of-sample logits. Probabilities below 1e-37 are held there: float32's smallest. */
export function headExpert(problem: Pick<HeadProblem, 'kind' | 'outputs' | 'classes'>, logits: Float64Array): Expert {
  const { classes, outputs } = problem;
  const n = logits.length / outputs;
  const probabilities = new Float32Array(n * classes);
  const row = new Float64Array(classes);
  for (let i = 0; i < n; i++) {
    fillClassProbabilities(problem, logits, i * outputs, row, 0);
    for (let c = 0; c < classes; c++) probabilities[i * classes + c] = Math.max(1e-37, row[c]);
  }
  return { name: 'head', probabilities };
}

/**
 * Label shares of the k nearest training rows: (count + 1/C) / (k + 1). Rows with fewer than k neighbours count those there are.
 * Entry i of `neighbours` belongs to row i.
 */
export function neighbourExpert(
  neighbours: Neighbours,
  labels: Int32Array,
  classes: number,
  k: (typeof neighbourCounts)[number],
): Expert {
  const n = neighbours.rows.length / neighbours.k;
  const probabilities = new Float32Array(n * classes);
  const counts = new Float64Array(classes);
  for (let i = 0; i < n; i++) {
    counts.fill(1 / classes);
    let found = 0;
    for (let at = i * neighbours.k; at < i * neighbours.k + Math.min(k, neighbours.k); at++) {
      const row = neighbours.rows[at];
      if (row < 0) break;
      counts[labels[row]]++;
      found++;
    }
    for (let c = 0; c < classes; c++) probabilities[i * classes + c] = counts[c] / (found + 1);
  }
  return { name: k === 10 ? 'neighbours10' : 'neighbours30', probabilities };
}
