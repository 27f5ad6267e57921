import type { OnBlock } from '../linalg/linearAlgebra';
import type { HeadProblem } from '../models/headProblem';
import { softmaxLoss } from '../models/rowMath';

/** What {@link fillLeftOutRows} fills, at the places of its rows. */
export interface LeftOutResults {
  readonly leverage: Float64Array;
  readonly selfIf: Float64Array;
  readonly selfRif: Float64Array;
  readonly looLoss: Float64Array;
  /** n×K. */
  readonly outOfSampleLogits: Float64Array;
  /** n×K. */
  readonly rifCoefficients: Float64Array;
}

/**
 * Influence of the training rows among [first, first + count) of a softmax head on it, from the forms Wᵢ of (H − Hᵢ)⁻¹, read at row − first: what
 * `RowSolver.solveLeftOut` gives for each, in half the time. O(K³/3) a row.
 *
 * Everything is taken about the row's likeliest class l, so that nothing cancels where the head is sure: with the K − 1 others' differences
 * E z = (z_c − z_l), A = Eᵀ(D − ppᵀ)E = FFᵀ for F = EᵀD^½(I − τuuᵀ), u = √p of the others and τ = 1/(1 + √p_l). So
 * FᵀWF = (I − τuuᵀ)Y(I − τuuᵀ) with Y = D^½EWEᵀD^½, and with LLᵀ = I + FᵀWF the leverage is K − 1 − ‖L⁻¹‖² and
 * rᵀGr = rᵀWr − ‖L⁻¹FᵀWr‖².
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
  const { outputs, weights, labels } = problem;
  const pair = new RowPair(outputs, logits, out);
  const ticking = Math.max(16, Math.floor(1024 / outputs));
  let waiting = -1;
  let largest = 1;
  for (let row = first; row < first + count; row++) {
    if (weights[row] !== 0) {
      if (waiting < 0) {
        waiting = row;
      } else {
        largest = Math.max(largest, pair.compute(forms, first, waiting, row, labels));
        waiting = -1;
      }
    }
    if ((row - first) % ticking === ticking - 1) onBlock?.(row, weights.length);
  }
  return waiting < 0 ? largest : Math.max(largest, pair.compute(forms, first, waiting, waiting, labels));
}

/**
 * Two rows side by side, whose sums need not wait for each other: entry e of theirs stands at 2e and 2e + 1. The likeliest class of each changes places
 * with the last one.
 */
class RowPair {
  /** p and r, K each. */
  readonly #p: Float64Array;
  readonly #r: Float64Array;
  /** Wr. */
  readonly #moved: Float64Array;
  /** Lower triangle of W, row by row. */
  readonly #w: Float64Array;
  /** √p but for the last class. */
  readonly #u: Float64Array;
  /** Lower triangle of Y, then of L; below it x = L⁻¹FᵀWr, as one more row. */
  readonly #y: Float64Array;
  /** 1/L_ii. */
  readonly #inverse: Float64Array;
  /** τYu − ½τ²(uᵀYu)u. */
  readonly #h: Float64Array;
  readonly #tau = new Float64Array(2);
  readonly #likeliest = new Int32Array(2);

  constructor(
    readonly outputs: number,
    readonly logits: Float64Array,
    readonly out: LeftOutResults,
  ) {
    const pairs = outputs * (outputs + 1);
    this.#p = new Float64Array(2 * outputs);
    this.#r = new Float64Array(2 * outputs);
    this.#moved = new Float64Array(2 * outputs);
    this.#w = new Float64Array(pairs);
    this.#u = new Float64Array(2 * outputs);
    this.#y = new Float64Array(pairs);
    this.#inverse = new Float64Array(2 * outputs);
    this.#h = new Float64Array(2 * outputs);
  }

  compute(forms: readonly Float64Array[], first: number, even: number, odd: number, labels: ArrayLike<number>): number {
    this.#load(0, even, labels[even]);
    this.#load(1, odd, labels[odd]);
    this.#gather(forms, even - first, odd - first);
    this.#multiply();
    this.#scale();
    this.#factor();
    const largest = this.#report(0, even, labels[even]);
    this.#reportTraces(even, odd);
    return even === odd ? largest : Math.max(largest, this.#report(1, odd, labels[odd]));
  }

  /** p and r of one row. */
  #load(lane: number, row: number, label: number): void {
    const K = this.outputs;
    const z = this.logits;
    const p = this.#p;
    const r = this.#r;
    const from = row * K;
    const last = 2 * (K - 1) + lane;
    let likeliest = 0;
    for (let c = 1; c < K; c++) if (z[from + c] > z[from + likeliest]) likeliest = c;
    const largest = z[from + likeliest];
    let others = 0;
    for (let c = 0, at = lane; c < K; c++, at += 2) {
      const e = c === likeliest ? 0 : Math.exp(z[from + c] - largest);
      p[at] = e;
      others += e;
    }
    const own = 2 * likeliest + lane;
    p[own] = p[last];
    p[last] = 1;
    const share = 1 / (1 + others);
    for (let at = lane; at <= last; at += 2) r[at] = p[at] *= share;
    // p − 1, as the negative sum of the others.
    const at = label === likeliest ? last : label === K - 1 ? own : 2 * label + lane;
    r[at] = -(at === last ? others * share : 1 - p[at]);
    this.#likeliest[lane] = likeliest;
    this.#tau[lane] = 1 / (1 + Math.sqrt(share));
  }

  /** W. */
  #gather(forms: readonly Float64Array[], even: number, odd: number): void {
    const w = this.#w;
    for (let form = 0, to = 0; to < w.length; form++, to += 2) {
      const values = forms[form];
      w[to] = values[even];
      w[to + 1] = values[odd];
    }
    for (let lane = 0; lane < 2; lane++) this.#swap(lane, this.#likeliest[lane]);
  }

  /** Rows and columns `c` and K − 1 of W change places. */
  #swap(lane: number, c: number): void {
    const K = this.outputs;
    const w = this.#w;
    const own = c * (c + 1) + lane;
    const last = K * (K - 1) + lane;
    for (let b = 0; b < K; b++) {
      const from = b < c ? own + 2 * b : b === c || b === K - 1 ? own + 2 * c : b * (b + 1) + lane + 2 * c;
      const to = b === c || b === K - 1 ? last + 2 * (K - 1) : last + 2 * b;
      if (b === c && c !== K - 1) continue;
      const held = w[from];
      w[from] = w[to];
      w[to] = held;
    }
  }

  /** Wr. */
  #multiply(): void {
    const K = this.outputs;
    const w = this.#w;
    const r = this.#r;
    const moved = this.#moved;
    for (let a = 0, at = 0; a < 2 * K; a += 2, at += 2) {
      const r0 = r[a];
      const r1 = r[a + 1];
      let s0 = 0;
      let s1 = 0;
      for (let b = 0; b < a; b += 2, at += 2) {
        const w0 = w[at];
        const w1 = w[at + 1];
        s0 += w0 * r[b];
        s1 += w1 * r[b + 1];
        moved[b] += w0 * r0;
        moved[b + 1] += w1 * r1;
      }
      moved[a] = s0 + w[at] * r0;
      moved[a + 1] = s1 + w[at + 1] * r1;
    }
  }

  /** u, Y, (I − τuuᵀ)D^½E·Wr as its last row, and h. */
  #scale(): void {
    const size = 2 * (this.outputs - 1);
    const p = this.#p;
    const u = this.#u;
    const w = this.#w;
    const y = this.#y;
    const h = this.#h;
    const moved = this.#moved;
    // W's last row is that of the likeliest class.
    const own = (size / 2) * (size / 2 + 1);
    let at = 0;
    let through0 = 0;
    let through1 = 0;
    for (let a = 0; a < size; a += 2) {
      const u0 = (u[a] = Math.sqrt(p[a]));
      const u1 = (u[a + 1] = Math.sqrt(p[a + 1]));
      const left0 = w[own + size] - w[own + a];
      const left1 = w[own + size + 1] - w[own + a + 1];
      let s0 = 0;
      let s1 = 0;
      for (let b = 0; b < a; b += 2, at += 2) {
        const o0 = u[b];
        const o1 = u[b + 1];
        const y0 = u0 * o0 * (w[at] - w[own + b] + left0);
        const y1 = u1 * o1 * (w[at + 1] - w[own + b + 1] + left1);
        y[at] = y0;
        y[at + 1] = y1;
        s0 += y0 * o0;
        s1 += y1 * o1;
        h[b] += y0 * u0;
        h[b + 1] += y1 * u1;
      }
      const y0 = (y[at] = u0 * u0 * (w[at] - w[own + a] + left0));
      const y1 = (y[at + 1] = u1 * u1 * (w[at + 1] - w[own + a + 1] + left1));
      at += 2;
      h[a] = s0 + y0 * u0;
      h[a + 1] = s1 + y1 * u1;
      // uᵀYu, twice what is off its diagonal.
      through0 += u0 * (2 * s0 + y0 * u0);
      through1 += u1 * (2 * s1 + y1 * u1);
    }
    const tau0 = this.#tau[0];
    const tau1 = this.#tau[1];
    const half0 = 0.5 * tau0 * tau0 * through0;
    const half1 = 0.5 * tau1 * tau1 * through1;
    let along0 = 0;
    let along1 = 0;
    for (let a = 0; a < size; a += 2) {
      h[a] = tau0 * h[a] - half0 * u[a];
      h[a + 1] = tau1 * h[a + 1] - half1 * u[a + 1];
      along0 += p[a] * (moved[a] - moved[size]);
      along1 += p[a + 1] * (moved[a + 1] - moved[size + 1]);
    }
    for (let a = 0; a < size; a += 2) {
      y[at + a] = u[a] * (moved[a] - moved[size] - tau0 * along0);
      y[at + a + 1] = u[a + 1] * (moved[a + 1] - moved[size + 1] - tau1 * along1);
    }
  }

  /** Y ← L of I + Y − uhᵀ − huᵀ, and the row below it ← x. */
  #factor(): void {
    const size = 2 * (this.outputs - 1);
    const u = this.#u;
    const h = this.#h;
    const y = this.#y;
    const inverse = this.#inverse;
    let row = 0;
    for (let i = 0; i <= size; i += 2) {
      const isLast = i === size;
      const u0 = isLast ? 0 : u[i];
      const u1 = isLast ? 0 : u[i + 1];
      const h0 = isLast ? 0 : h[i];
      const h1 = isLast ? 0 : h[i + 1];
      let other = 0;
      for (let j = 0; j < i; j += 2) {
        let s0 = y[row + j] - u0 * h[j] - h0 * u[j];
        let s1 = y[row + j + 1] - u1 * h[j + 1] - h1 * u[j + 1];
        for (let k = 0; k < j; k += 2) {
          s0 -= y[row + k] * y[other + k];
          s1 -= y[row + k + 1] * y[other + k + 1];
        }
        y[row + j] = s0 * inverse[j];
        y[row + j + 1] = s1 * inverse[j + 1];
        other += j + 2;
      }
      if (isLast) break;
      let s0 = 1 + y[row + i] - 2 * u0 * h0;
      let s1 = 1 + y[row + i + 1] - 2 * u1 * h1;
      for (let k = row; k < row + i; k += 2) {
        s0 -= y[k] * y[k];
        s1 -= y[k + 1] * y[k + 1];
      }
      inverse[i] = 1 / Math.sqrt(s0);
      inverse[i + 1] = 1 / Math.sqrt(s1);
      row += i + 2;
    }
  }

  /** All of a row but its leverage; returns ‖s‖/‖r‖. */
  #report(lane: number, row: number, label: number): number {
    const K = this.outputs;
    const z = this.logits;
    const { outOfSampleLogits, rifCoefficients, selfIf, selfRif, looLoss } = this.out;
    const p = this.#p;
    const r = this.#r;
    const y = this.#y;
    const moved = this.#moved;
    const from = row * K;
    const last = 2 * (K - 1) + lane;
    const own = 2 * this.#likeliest[lane] + lane;
    const origin = moved[last];
    let self = 0;
    let mean = 0;
    for (let at = lane; at <= last; at += 2) {
      self += r[at] * moved[at];
      mean += p[at] * (moved[at] - origin);
    }
    mean += origin;
    let before = 0;
    let after = 0;
    for (let c = 0, place = lane; c < K; c++, place += 2) {
      const at = place === own ? last : place === last ? own : place;
      const s = r[at] + p[at] * (moved[at] - mean);
      rifCoefficients[from + c] = s;
      outOfSampleLogits[from + c] = z[from + c] + moved[at];
      before += r[at] * r[at];
      after += s * s;
    }
    selfRif[row] = self;
    const x = K * (K - 1) + lane;
    for (let at = x; at < x + 2 * (K - 1); at += 2) self -= y[at] * y[at];
    selfIf[row] = self;
    looLoss[row] = softmaxLoss(outOfSampleLogits, from, K, label);
    return before > 0 ? Math.sqrt(after / before) : 1;
  }

  /** K − 1 − ‖L⁻¹‖² of both rows, column by column of L⁻¹, which `h` holds. */
  #reportTraces(even: number, odd: number): void {
    const size = 2 * (this.outputs - 1);
    const y = this.#y;
    const x = this.#h;
    const inverse = this.#inverse;
    let sum0 = 0;
    let sum1 = 0;
    for (let column = 0; column < size; column += 2) {
      const x0 = (x[column] = inverse[column]);
      const x1 = (x[column + 1] = inverse[column + 1]);
      sum0 += x0 * x0;
      sum1 += x1 * x1;
      for (let i = column + 2; i < size; i += 2) {
        const row = (i / 2) * (i / 2 + 1);
        let s0 = 0;
        let s1 = 0;
        for (let k = column; k < i; k += 2) {
          s0 -= y[row + k] * x[k];
          s1 -= y[row + k + 1] * x[k + 1];
        }
        s0 *= inverse[i];
        s1 *= inverse[i + 1];
        x[i] = s0;
        x[i + 1] = s1;
        sum0 += s0 * s0;
        sum1 += s1 * s1;
      }
    }
    const { leverage } = this.out;
    leverage[even] = size / 2 - sum0;
    leverage[odd] = size / 2 - sum1;
  }
}
