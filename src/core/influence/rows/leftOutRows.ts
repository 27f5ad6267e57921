import type { OnBlock } from '../../linalg/linearAlgebra';
import type { HeadProblem } from '../../models/headProblem';
import { softmaxLoss } from '../../models/rowMath';
import {
  factorForms,
  fillCoefficients,
  fillLogits,
  gatherForms,
  innerProduct,
  loadRow,
  multiplyForms,
  scaleForms,
  sumInverse,
  swapClasses,
} from './rowPairs';

/** Influence of training rows on the head itself; n numbers each unless it says otherwise. */
export interface LeftOutResults {
  /** tr(wᵢAᵢGᵢ). */
  readonly leverage: Float64Array;
  /** gᵢᵀIFᵢ and gᵢᵀRIFᵢ. */
  readonly selfIf: Float64Array;
  readonly selfRif: Float64Array;
  /** Loss of the row under the RIF leave-one-out head. */
  readonly looLoss: Float64Array;
  /**
   * n×K logits of a head that has not seen the row: leave-one-out for training rows, the fitted ones for all others.
   */
  readonly outOfSampleLogits: Float64Array;
  /** n×K coefficients wᵢsᵢ: RIFᵢ = H⁻¹(wᵢsᵢ ⊗ xᵢ); 0 for rows that are not training rows. */
  readonly rifCoefficients: Float64Array;
}

/**
 * Influence of the training rows among [first, first + count) of a softmax head on it, from the forms wᵢWᵢ, Wᵢ of (H −
 * wᵢHᵢ)⁻¹, written W below and read at row − first: what `RowSolver.solveLeftOut` gives for each, in half the time.
 * O(K³/3) a row.
 *
 * Everything is taken about the row's likeliest class l, so that nothing cancels where the head is sure: with the K − 1
 * others' differences E z = (z_c − z_l), A = Eᵀ(D − ppᵀ)E = FFᵀ for F = EᵀD^½(I − τuuᵀ), u = √p of the others and τ
 * = 1/(1 + √p_l). So FᵀWF = (I − τuuᵀ)Y(I − τuuᵀ) with Y = D^½EWEᵀD^½, and with LLᵀ = I + FᵀWF the leverage is K − 1 −
 * ‖L⁻¹‖² and rᵀGr = rᵀWr − ‖L⁻¹FᵀWr‖².
 * @returns max ‖sᵢ‖/‖rᵢ‖, at least 1.
 */
export function fillLeftOutRows(
  problem: Pick<HeadProblem, 'outputs' | 'weights' | 'labels'>,
  logits: Float64Array,
  forms: readonly Float64Array[],
  first: number,
  count: number,
  out: LeftOutResults,
  onBlock?: OnBlock,
): number {
  const { outputs: K, weights, labels } = problem;
  const step = Math.max(16, Math.floor(1024 / K));
  const work: PairWork = {
    p: new Float64Array(2 * K),
    r: new Float64Array(2 * K),
    moved: new Float64Array(2 * K),
    w: new Float64Array(K * (K + 1)),
    u: new Float64Array(2 * K),
    h: new Float64Array(2 * K),
    y: new Float64Array(K * (K + 1)),
    inverse: new Float64Array(2 * K),
    sums: new Float64Array(2),
    likeliest: new Int32Array(2),
  };
  let largest = 1;
  for (let from = first; from < first + count; from += step) {
    const end = Math.min(first + count, from + step);
    largest = Math.max(largest, computeRows(weights, labels, logits, forms, first, from, end, work, out));
    onBlock?.(end, weights.length);
  }
  return largest;
}

/** Room for two rows; see rowPairs.ts. */
interface PairWork {
  /** p and r, K each. */
  readonly p: Float64Array;
  readonly r: Float64Array;
  /** Wr. */
  readonly moved: Float64Array;
  /** Lower triangle of W, row by row. */
  readonly w: Float64Array;
  /** √p but for the last class. */
  readonly u: Float64Array;
  /** τYu − ½τ²(uᵀYu)u. */
  readonly h: Float64Array;
  /** Lower triangle of Y, then of L; below it x = L⁻¹FᵀWr, as one more row. */
  readonly y: Float64Array;
  /** 1/L_ii. */
  readonly inverse: Float64Array;
  /** ‖L⁻¹‖². */
  readonly sums: Float64Array;
  readonly likeliest: Int32Array;
}

/** The rows [from, end), two at a time; an odd one by itself. */
function computeRows(
  weights: Float64Array,
  labels: ArrayLike<number>,
  logits: Float64Array,
  forms: readonly Float64Array[],
  first: number,
  from: number,
  end: number,
  { p, r, moved, w, u, h, y, inverse, sums, likeliest }: PairWork,
  { leverage, selfIf, selfRif, looLoss, outOfSampleLogits, rifCoefficients }: LeftOutResults,
): number {
  const K = p.length / 2;
  let largest = 1;
  for (let next = from; next < end;) {
    const even = next++;
    if (weights[even] === 0) continue;
    while (next < end && weights[next] === 0) next++;
    const odd = next < end ? next++ : even;
    likeliest[0] = loadRow(0, K, logits, even * K, labels[even], p, r);
    likeliest[1] = loadRow(1, K, logits, odd * K, labels[odd], p, r);
    gatherForms(forms, even - first, odd - first, w);
    swapClasses(0, K, likeliest[0], w);
    swapClasses(1, K, likeliest[1], w);
    multiplyForms(K, w, r, moved);
    scaleForms(K, p, w, moved, u, h, y);
    factorForms(K, u, h, y, inverse);
    for (let lane = 0; lane < 2; lane++) {
      const row = lane === 0 ? even : odd;
      const place = 2 * likeliest[lane] + lane;
      const amplified = fillCoefficients(lane, place, K, row * K, p, r, moved, rifCoefficients);
      if (weights[row] !== 1) scaleRow(rifCoefficients, row * K, K, weights[row]);
      fillLogits(lane, place, K, row * K, logits, moved, outOfSampleLogits);
      if (amplified > largest) largest = amplified;
      selfRif[row] = innerProduct(lane, K, 0, r, moved);
      selfIf[row] = selfRif[row] - innerProduct(lane, K - 1, K * (K - 1), y, y);
      looLoss[row] = softmaxLoss(outOfSampleLogits, row * K, K, labels[row]);
    }
    // Overwrites h.
    sumInverse(K, y, inverse, h, sums);
    leverage[even] = K - 1 - sums[0];
    leverage[odd] = K - 1 - sums[1];
  }
  return largest;
}

function scaleRow(values: Float64Array, from: number, count: number, factor: number): void {
  for (let at = from; at < from + count; at++) values[at] *= factor;
}
