import type { Random } from '../../base/random';
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

/** A member of a node in one number: its class, and above these bits how often it was drawn (below 2¹¹). */
const classBits = 20;
const classMask = 2 ** classBits - 1;

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
  readonly #ends = new Int32Array(mostBins);
  readonly #left: Int32Array;

  /** @param mostRows of a node */
  constructor(features: QuantisedFeatures, labels: Int32Array, classes: number, mostRows: number, rules: TreeRules) {
    this.#features = features;
    this.#labels = labels;
    this.#rules = rules;
    this.tried = Math.max(1, Math.floor(Math.sqrt(features.columns)));
    this.#order = new Int32Array(features.columns);
    this.#members = new Int32Array(mostRows);
    this.#bins = new Uint8Array(mostRows);
    this.#sorted = new Int32Array(mostRows);
    this.counts = new Int32Array(classes);
    this.#left = new Int32Array(classes);
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
    const all = this.#features.bins;
    const bins = this.#bins;
    const base = feature * this.#features.rows;
    let low = mostBins;
    let high = 0;
    for (let i = 0; i < this.#size; i++) {
      const bin = all[base + rows[from + i]];
      bins[i] = bin;
      if (bin < low) low = bin;
      if (bin > high) high = bin;
    }
    return low | (high << 8);
  }

  /** Puts the members in the order of their bins; afterwards bin b ends at #ends[b]. */
  #sortMembers(low: number, high: number): void {
    const ends = this.#ends;
    ends.fill(0, low, high + 1);
    for (let i = 0; i < this.#size; i++) ends[this.#bins[i]]++;
    for (let bin = low, begin = 0; bin <= high; bin++) {
      const count = ends[bin];
      ends[bin] = begin;
      begin += count;
    }
    for (let i = 0; i < this.#size; i++) this.#sorted[ends[this.#bins[i]]++] = this.#members[i];
  }

  /** One row at a time goes from the right side to the left; after each bin that ends there the gain is known. */
  #tryAllCuts(feature: number, low: number, high: number): void {
    this.#sortMembers(low, high);
    const { counts, total } = this;
    const { minLeaf } = this.#rules;
    const left = this.#left.fill(0);
    const sorted = this.#sorted;
    const ends = this.#ends;
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

  #tryCut(feature: number, cut: number): void {
    const { counts, total } = this;
    const left = this.#left.fill(0);
    let rowsLeft = 0;
    let weightLeft = 0;
    for (let i = 0; i < this.#size; i++) {
      if (this.#bins[i] > cut) continue;
      const weight = this.#members[i] >> classBits;
      left[this.#members[i] & classMask] += weight;
      weightLeft += weight;
      rowsLeft++;
    }
    const { minLeaf } = this.#rules;
    if (rowsLeft < minLeaf || this.#size - rowsLeft < minLeaf) return;
    const score = sumSquares(left) / weightLeft + sumSquaredDifferences(counts, left) / (total - weightLeft);
    if (score > this.#score) this.#keep(score, feature, cut);
  }

  #keep(score: number, feature: number, cut: number): void {
    this.#score = score;
    this.feature = feature;
    this.cut = cut;
  }
}

function sumSquares(counts: Int32Array): number {
  let sum = 0;
  for (const count of counts) sum += count * count;
  return sum;
}

function sumSquaredDifferences(all: Int32Array, part: Int32Array): number {
  let sum = 0;
  for (let c = 0; c < all.length; c++) sum += (all[c] - part[c]) * (all[c] - part[c]);
  return sum;
}
