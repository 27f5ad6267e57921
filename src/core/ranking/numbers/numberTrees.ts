import type { QuantisedFeatures } from '../forest/quantiseFeatures';
import type { TreeKind } from '../forest/treeGrower';
import { NumberCutSearch, type NumberTreeRules } from './numberCutSearch';

/** Regression trees: a leaf tells the mean and the variance of its labels. Memory 26 bytes a row. */
export class NumberTrees implements TreeKind {
  readonly search: NumberCutSearch;
  readonly trees: Uint16Array;
  /** n: sums over the trees that do not hold the row of the mean of its leaf, of that squared, and of its variance. */
  readonly means: Float64Array;
  readonly squaredMeans: Float64Array;
  readonly variances: Float64Array;

  /**
   * @param targets n, read in the rows that a tree holds
   * @param mostRows that a tree is grown from, repetitions not counted
   */
  constructor(features: QuantisedFeatures, targets: Float64Array, mostRows: number, rules: NumberTreeRules) {
    const n = features.rows;
    this.search = new NumberCutSearch(features, targets, mostRows, rules);
    this.trees = new Uint16Array(n);
    this.means = new Float64Array(n);
    this.squaredMeans = new Float64Array(n);
    this.variances = new Float64Array(n);
  }

  meetLeaf(rows: Int32Array, from: number, to: number): void {
    const { total, sum, squares } = this.search;
    const mean = sum / total;
    const variance = Math.max(0, squares / total - mean * mean);
    for (let i = from; i < to; i++) {
      const row = rows[i];
      this.means[row] += mean;
      this.squaredMeans[row] += mean * mean;
      this.variances[row] += variance;
    }
  }
}
