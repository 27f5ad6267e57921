import type { Random } from '../../base/random';
import { mostBins, type QuantisedFeatures } from '../forest/quantiseFeatures';

/** How a tree for numbers grows. */
export interface NumberTreeRules {
  /**
   * `best`: of every feature looked at the cut between bins with the largest gain. `random`: one cut of each, uniform
   * between the node's least and largest value, of which the best is taken.
   */
  readonly cuts: 'best' | 'random';
  /** Rows in a leaf, at least; a row drawn several times counts once. */
  readonly minLeaf: number;
  /** Share of the features that is looked at in a node, at least one of them. */
  readonly share: number;
}

/** A node whose targets vary by less than this share of their mean square is pure but for rounding. */
const smallestVariation = 1e-12;

/**
 * Looks for the cut of a node of a regression tree: among a share of the features drawn without replacement, more while
 * all of these are constant in the node, the one that leaves the least squared error, which is the largest
 * (Σ_l wt)²/Σ_l w + (Σ_r wt)²/Σ_r w (l, r: weighted rows to the left and right). Equal gains: the first found.
 * O(rows + bins) a feature; nothing is allocated for a node.
 * Source: Breiman, Friedman, Olshen & Stone, "Classification and regression trees", 1984.
 */
export class NumberCutSearch {
  /** Σ w, Σ wt and Σ wt² of the node. */
  total = 0;
  sum = 0;
  squares = 0;
  /** Features looked at in a node, where not all of these are constant. */
  readonly tried: number;
  /** What was found: values of `feature` in bins up to `cut` go left. */
  feature = 0;
  cut = 0;
  #score = 0;
  #size = 0;
  readonly #features: QuantisedFeatures;
  readonly #targets: Float64Array;
  readonly #rules: NumberTreeRules;
  readonly #order: Int32Array;
  readonly #memberWeights: Float64Array;
  readonly #memberSums: Float64Array;
  readonly #bins: Uint8Array;
  readonly #binRows = new Int32Array(mostBins);
  readonly #binWeights = new Float64Array(mostBins);
  readonly #binSums = new Float64Array(mostBins);

  /** @param mostRows of a node */
  constructor(features: QuantisedFeatures, targets: Float64Array, mostRows: number, rules: NumberTreeRules) {
    this.#features = features;
    this.#targets = targets;
    this.#rules = rules;
    this.tried = Math.max(1, Math.round(rules.share * features.columns));
    this.#order = new Int32Array(features.columns);
    this.#memberWeights = new Float64Array(mostRows);
    this.#memberSums = new Float64Array(mostRows);
    this.#bins = new Uint8Array(mostRows);
  }

  /** Forgets the order in which features were drawn before: each tree depends on its own random numbers only. */
  beginTree(): void {
    for (let j = 0; j < this.#order.length; j++) this.#order[j] = j;
  }

  /** Takes up the node of rows[from, to), each drawn weights[row] times. @returns whether it may be divided */
  beginNode(rows: Int32Array, weights: Uint8Array, from: number, to: number): boolean {
    let total = 0;
    let sum = 0;
    let squares = 0;
    this.#size = to - from;
    for (let i = from; i < to; i++) {
      const weight = weights[rows[i]];
      const target = this.#targets[rows[i]];
      this.#memberWeights[i - from] = weight;
      this.#memberSums[i - from] = weight * target;
      total += weight;
      sum += weight * target;
      squares += weight * target * target;
    }
    this.total = total;
    this.sum = sum;
    this.squares = squares;
    return this.#size >= 2 * this.#rules.minLeaf && squares - (sum * sum) / total > smallestVariation * squares;
  }

  /** Whether the node that was begun has a cut; if so `feature` and `cut` name it. */
  search(rows: Int32Array, from: number, random: Random): boolean {
    const { columns } = this.#features;
    this.#score = Number.NEGATIVE_INFINITY;
    let varied = false;
    for (let drawn = 0; drawn < columns && (drawn < this.tried || !varied); drawn++) {
      const feature = this.#draw(drawn, random);
      const range = this.#readBins(rows, from, feature);
      const low = range & 0xff;
      const high = range >> 8;
      if (low === high) continue;
      varied = true;
      if (this.#rules.cuts === 'best') this.#tryAllCuts(feature, low, high);
      else this.#tryCut(feature, this.#drawCut(feature, low, high, random));
    }
    return this.#score > Number.NEGATIVE_INFINITY;
  }

  /** The next feature of a shuffle. */
  #draw(at: number, random: Random): number {
    const order = this.#order;
    const other = at + random.integer(order.length - at);
    const feature = order[other];
    order[other] = order[at];
    order[at] = feature;
    return feature;
  }

  /** Fetches the members' bins. @returns the least and, above eight bits, the largest */
  #readBins(rows: Int32Array, from: number, feature: number): number {
    const { bins: all, columns } = this.#features;
    const bins = this.#bins;
    let low = mostBins;
    let high = 0;
    for (let i = 0; i < this.#size; i++) {
      const bin = all[rows[from + i] * columns + feature];
      bins[i] = bin;
      if (bin < low) low = bin;
      if (bin > high) high = bin;
    }
    return low | (high << 8);
  }

  /** Rows, weights and sums of each bin. */
  #fillBins(low: number, high: number): void {
    const rows = this.#binRows;
    const weights = this.#binWeights;
    const sums = this.#binSums;
    rows.fill(0, low, high + 1);
    weights.fill(0, low, high + 1);
    sums.fill(0, low, high + 1);
    for (let i = 0; i < this.#size; i++) {
      const bin = this.#bins[i];
      rows[bin]++;
      weights[bin] += this.#memberWeights[i];
      sums[bin] += this.#memberSums[i];
    }
  }

  /** One bin at a time goes from the right side to the left. */
  #tryAllCuts(feature: number, low: number, high: number): void {
    this.#fillBins(low, high);
    const { minLeaf } = this.#rules;
    const last = this.#size - minLeaf;
    let rowsLeft = 0;
    let weightLeft = 0;
    let sumLeft = 0;
    for (let bin = low; bin < high && rowsLeft <= last; bin++) {
      if (this.#binRows[bin] === 0) continue;
      rowsLeft += this.#binRows[bin];
      weightLeft += this.#binWeights[bin];
      sumLeft += this.#binSums[bin];
      if (rowsLeft < minLeaf || rowsLeft > last) continue;
      const score = this.#scoreOf(weightLeft, sumLeft);
      if (score > this.#score) this.#keep(score, feature, this.#middle(bin, high));
    }
  }

  /** Half way through the empty bins that follow: the value cut at lies between those of the rows. */
  #middle(bin: number, high: number): number {
    let next = bin + 1;
    while (next < high && this.#binRows[next] === 0) next++;
    return (bin + next - 1) >> 1;
  }

  /** The bin in which a value lies that is uniform between the node's least and its largest. */
  #drawCut(feature: number, low: number, high: number, random: Random): number {
    const { centres } = this.#features;
    const base = feature * mostBins;
    const value = centres[base + low] + random.uniform() * (centres[base + high] - centres[base + low]);
    let cut = low;
    while (cut + 1 < high && centres[base + cut + 1] <= value) cut++;
    return cut;
  }

  #tryCut(feature: number, cut: number): void {
    let rowsLeft = 0;
    let weightLeft = 0;
    let sumLeft = 0;
    for (let i = 0; i < this.#size; i++) {
      if (this.#bins[i] > cut) continue;
      rowsLeft++;
      weightLeft += this.#memberWeights[i];
      sumLeft += this.#memberSums[i];
    }
    const { minLeaf } = this.#rules;
    if (rowsLeft < minLeaf || this.#size - rowsLeft < minLeaf) return;
    const score = this.#scoreOf(weightLeft, sumLeft);
    if (score > this.#score) this.#keep(score, feature, cut);
  }

  #scoreOf(weightLeft: number, sumLeft: number): number {
    const sumRight = this.sum - sumLeft;
    return (sumLeft * sumLeft) / weightLeft + (sumRight * sumRight) / (this.total - weightLeft);
  }

  #keep(score: number, feature: number, cut: number): void {
    this.#score = score;
    this.feature = feature;
    this.cut = cut;
  }
}
