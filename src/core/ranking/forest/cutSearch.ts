import type { Random } from '../../base/random';
import {
  classBits,
  classMask,
  fillHistogram,
  fillSides,
  gatherBins,
  rangeOf,
  sortMembers,
  sumSquares,
  weightBits,
  weightMask,
} from './nodeKernels';
import { mostBins, type QuantisedFeatures } from './quantiseFeatures';

/** How a tree grows. */
export interface TreeRules {
  /**
   * `best`: of every feature looked at the cut between bins with the largest gain. `random`: one cut of each, uniform
   * between the node's least and largest value, of which the best is taken.
   */
  readonly cuts: 'best' | 'random';
  /** Rows in a leaf, at least; a row drawn several times counts once. */
  readonly minLeaf: number;
}

/**
 * Looks for the cut of a node: among √d features drawn without replacement, more while all of these are constant in the
 * node, the one with the largest Gini gain Σ_c l_c²/l + Σ_c r_c²/r (l, r: weighted rows to the left and right). Equal
 * gains: the first found. O(rows + bins + C) a feature; nothing is allocated for a node.
 */
export class CutSearch {
  /** C: weighted rows of each class in the node. */
  readonly counts: Int32Array;
  /** Their sum. */
  total = 0;
  /** Features looked at in a node, where not all of these are constant. */
  readonly tried: number;
  /** What was found: values of `feature` in bins up to `cut` go left. */
  feature = 0;
  cut = 0;
  #score = 0;
  #size = 0;
  #squares = 0;
  readonly #features: QuantisedFeatures;
  readonly #labels: Int32Array;
  readonly #rules: TreeRules;
  readonly #order: Int32Array;
  readonly #members: Int32Array;
  readonly #bins: Uint8Array;
  readonly #sorted: Int32Array;
  readonly #sides: Int32Array;
  readonly #histogram: Int32Array;
  readonly #ends: Int32Array;
  readonly #left: Int32Array;

  /** @param mostRows of a node */
  constructor(features: QuantisedFeatures, labels: Int32Array, classes: number, mostRows: number, rules: TreeRules) {
    this.#features = features;
    this.#labels = labels;
    this.#rules = rules;
    this.tried = Math.max(1, Math.floor(Math.sqrt(features.columns)));
    this.#order = new Int32Array(features.columns);
    this.#members = new Int32Array(mostRows);
    this.#bins = new Uint8Array(mostRows * this.tried);
    this.#sorted = new Int32Array(mostRows);
    this.counts = new Int32Array(classes);
    this.#left = new Int32Array(classes);
    this.#sides = new Int32Array(2 * classes);
    this.#histogram = new Int32Array(mostBins * classes);
    this.#ends = new Int32Array(mostBins);
  }

  /** Forgets the order in which features were drawn before: each tree depends on its own random numbers only. */
  beginTree(): void {
    for (let j = 0; j < this.#order.length; j++) this.#order[j] = j;
  }

  /** Takes up the node of rows[from, to), each drawn weights[row] times. @returns whether it may be divided */
  beginNode(rows: Int32Array, weights: Uint8Array, from: number, to: number): boolean {
    const { counts } = this;
    counts.fill(0);
    this.total = 0;
    this.#size = to - from;
    for (let i = from; i < to; i++) {
      const row = rows[i];
      const label = this.#labels[row];
      const weight = weights[row];
      counts[label] += weight;
      this.total += weight;
      this.#members[i - from] = label | (weight << classBits);
    }
    this.#squares = sumSquares(counts);
    return this.#size >= 2 * this.#rules.minLeaf && this.#squares < this.total * this.total;
  }

  /** Whether the node that was begun has a cut; if so `feature` and `cut` name it. */
  search(rows: Int32Array, from: number, random: Random): boolean {
    const { columns } = this.#features;
    this.#score = Number.NEGATIVE_INFINITY;
    for (let drawn = 0; drawn < this.tried; drawn++) this.#draw(drawn, random);
    gatherBins(this.#features, rows, from, this.#size, this.#order, 0, this.tried, this.#bins);
    let varied = false;
    // No gain is above the number of rows, where either side has one class.
    for (let drawn = 0; drawn < this.tried && this.#score < this.total; drawn++) {
      if (this.#tryFeature(this.#order[drawn], drawn * this.#size, random)) varied = true;
    }
    for (let drawn = this.tried; drawn < columns && !varied; drawn++) {
      this.#draw(drawn, random);
      gatherBins(this.#features, rows, from, this.#size, this.#order, drawn, 1, this.#bins);
      varied = this.#tryFeature(this.#order[drawn], 0, random);
    }
    return this.#score > Number.NEGATIVE_INFINITY;
  }

  /** The next feature of a shuffle. */
  #draw(at: number, random: Random): void {
    const order = this.#order;
    const other = at + random.integer(order.length - at);
    const feature = order[other];
    order[other] = order[at];
    order[at] = feature;
  }

  /** @returns whether the feature is not constant in the node */
  #tryFeature(feature: number, at: number, random: Random): boolean {
    const range = rangeOf(this.#bins, at, this.#size);
    const low = range & 0xff;
    const high = range >> 8;
    if (low === high) return false;
    if (this.#rules.cuts === 'random') this.#tryCut(feature, at, this.#drawCut(feature, low, high, random));
    else if (2 * this.#size < (high - low + 1) * this.counts.length) this.#tryFewRows(feature, at, low, high);
    else this.#tryBins(feature, at, low, high);
    return true;
  }

  /** All cuts of many rows: they are counted by bin and class, and a bin at a time goes to the left. */
  #tryBins(feature: number, at: number, low: number, high: number): void {
    const { counts, total } = this;
    const classes = counts.length;
    const { minLeaf } = this.#rules;
    const left = this.#left.fill(0);
    const histogram = this.#histogram;
    fillHistogram(histogram, classes, this.#bins, at, this.#members, this.#size, low, high);
    let rowsLeft = 0;
    let weightLeft = 0;
    let squaresLeft = 0;
    let squaresRight = this.#squares;
    /** The last bin with rows, and the gain of the cut behind it. */
    let before = low;
    let score = Number.NEGATIVE_INFINITY;
    for (let bin = low, cell = low * classes; bin <= high; bin++) {
      let packed = 0;
      for (let c = 0; c < classes; c++, cell++) {
        packed += histogram[cell];
        const weight = histogram[cell] & weightMask;
        const here = left[c];
        squaresLeft += weight * (2 * here + weight);
        squaresRight -= weight * (2 * (counts[c] - here) - weight);
        left[c] = here + weight;
      }
      if (packed === 0) continue;
      if (score > this.#score) this.#keep(score, feature, (before + bin - 1) >> 1);
      before = bin;
      rowsLeft += packed >> weightBits;
      weightLeft += packed & weightMask;
      const isCut = rowsLeft >= minLeaf && this.#size - rowsLeft >= minLeaf;
      score = isCut ? squaresLeft / weightLeft + squaresRight / (total - weightLeft) : Number.NEGATIVE_INFINITY;
    }
  }

  /**
   * All cuts where the rows are fewer than what there is of bins and classes: one row at a time goes from the right to
   * the left; after each bin that ends there the gain is known.
   */
  #tryFewRows(feature: number, from: number, low: number, high: number): void {
    const { counts, total } = this;
    const { minLeaf } = this.#rules;
    const left = this.#left.fill(0);
    const sorted = this.#sorted;
    const ends = this.#ends;
    sortMembers(sorted, ends, this.#bins, from, this.#members, this.#size, low, high);
    const last = this.#size - minLeaf;
    let at = 0;
    let weightLeft = 0;
    let squaresLeft = 0;
    let squaresRight = this.#squares;
    for (let bin = low; bin < high && at <= last; bin++) {
      const end = ends[bin];
      if (at === end) continue;
      for (; at < end; at++) {
        const label = sorted[at] & classMask;
        const weight = sorted[at] >> classBits;
        const here = left[label];
        squaresLeft += weight * (2 * here + weight);
        squaresRight -= weight * (2 * (counts[label] - here) - weight);
        left[label] = here + weight;
        weightLeft += weight;
      }
      if (at < minLeaf || at > last) continue;
      const score = squaresLeft / weightLeft + squaresRight / (total - weightLeft);
      if (score > this.#score) this.#keep(score, feature, this.#middle(bin, high));
    }
  }

  /** Half way through the empty bins that follow: the value cut at lies between those of the rows. */
  #middle(bin: number, high: number): number {
    let next = bin + 1;
    while (next < high && this.#ends[next] === this.#ends[bin]) next++;
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

  #tryCut(feature: number, at: number, cut: number): void {
    const { counts, total } = this;
    const classes = counts.length;
    const sides = this.#sides;
    fillSides(sides, classes, this.#bins, at, cut, this.#members, this.#size);
    let rowsLeft = 0;
    let weightLeft = 0;
    let squaresLeft = 0;
    let squaresRight = 0;
    for (let c = 0; c < classes; c++) {
      const cell = sides[c];
      const weight = cell & weightMask;
      const other = counts[c] - weight;
      rowsLeft += cell >> weightBits;
      weightLeft += weight;
      squaresLeft += weight * weight;
      squaresRight += other * other;
    }
    const { minLeaf } = this.#rules;
    if (rowsLeft < minLeaf || this.#size - rowsLeft < minLeaf) return;
    const score = squaresLeft / weightLeft + squaresRight / (total - weightLeft);
    if (score > this.#score) this.#keep(score, feature, cut);
  }

  #keep(score: number, feature: number, cut: number): void {
    this.#score = score;
    this.feature = feature;
    this.cut = cut;
  }
}
