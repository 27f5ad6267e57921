import { addScaled, dot, scaleAndAdd } from '../../base/vectors';
import type { CurvatureRoot } from '../../models/curvature/curvatureRoot';

/** What is left of the right-hand side, relative to it: rounding. */
const tolerance = 1e-14;
/** So many steps, as a share of K, cost what eliminating does. */
const mostSteps = 1 / 3;
/** Of I − FᵀGF along a direction; below this rounding decides, not the row. */
const smallestCurvature = 1e-9;

/**
 * Solves (I − FᵀGF)y = b for a softmax row by conjugate gradients, with A = FFᵀ its curvature and G its forms. The
 * eigenvalues of FᵀGF add up to the leverage, so that few of K differ much from 0, and some ten steps do: O(K²) each.
 */
export class LeftOutSystem {
  /** G about the likeliest class: G_ac − G_lc − G_al + G_ll, which F takes for G. */
  readonly #w: Float64Array;
  readonly #rest: Float64Array;
  readonly #direction: Float64Array;
  readonly #image: Float64Array;
  readonly #turned: Float64Array;
  readonly #y: Float64Array;

  constructor(readonly size: number) {
    this.#w = new Float64Array(size * size);
    this.#rest = new Float64Array(size);
    this.#direction = new Float64Array(size);
    this.#image = new Float64Array(size);
    this.#turned = new Float64Array(size);
    this.#y = new Float64Array(size);
  }

  /** Takes G (K×K) of a row with probabilities `p`. @returns its leverage tr(AG) */
  load(forms: Float64Array, p: Float64Array): number {
    const K = this.size;
    const w = this.#w;
    let likeliest = 0;
    for (let c = 1; c < K; c++) if (p[c] > p[likeliest]) likeliest = c;
    const own = likeliest * K;
    let trace = 0;
    for (let a = 0; a < K; a++) {
      const row = a * K;
      const left = forms[own + likeliest] - forms[own + a];
      let mean = 0;
      for (let c = 0; c < K; c++) {
        const value = forms[row + c] - forms[own + c] + left;
        w[row + c] = value;
        mean += p[c] * value;
      }
      trace += p[a] * (w[row + a] - mean);
    }
    return trace;
  }

  /**
   * t ← (I − AG)⁻¹t for a t whose entries add up to 0, as those of residuals do: t + F(I − FᵀGF)⁻¹FᵀGt.
   * `root` is F. @returns false where that takes too many steps, or rounding decides: t is as before.
   */
  solve(root: CurvatureRoot, t: Float64Array): boolean {
    const K = this.size;
    const rest = this.#rest;
    const direction = this.#direction;
    const image = this.#image;
    this.#multiply(t, rest);
    root.applyTransposed(rest);
    const turned = this.#turned;
    const y = this.#y.fill(0);
    direction.set(rest);
    let square = dot(rest, rest);
    const enough = square * tolerance ** 2;
    for (let steps = Math.ceil(K * mostSteps); square > enough; steps--) {
      if (steps === 0) return false;
      turned.set(direction);
      root.apply(turned);
      this.#multiply(turned, image);
      root.applyTransposed(image);
      scaleAndAdd(image, -1, direction);
      const curvature = dot(direction, image);
      if (!(curvature > smallestCurvature * dot(direction, direction))) return false;
      const length = square / curvature;
      addScaled(y, length, direction);
      addScaled(rest, -length, image);
      const before = square;
      square = dot(rest, rest);
      scaleAndAdd(direction, square / before, rest);
    }
    root.apply(y);
    addScaled(t, 1, y);
    return true;
  }

  /** out ← Wx. */
  #multiply(x: Float64Array, out: Float64Array): void {
    const K = this.size;
    const w = this.#w;
    for (let a = 0, at = 0; a < K; a++) {
      let sum = 0;
      for (let c = 0; c < K; c++, at++) sum += w[at] * x[c];
      out[a] = sum;
    }
  }
}
