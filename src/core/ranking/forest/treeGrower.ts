import type { Random } from '../../base/random';
import type { CancellationSignal } from '../../job/jobContext';
import { CutSearch, type TreeRules } from './cutSearch';
import type { QuantisedFeatures } from './quantiseFeatures';

/** Values that are looked at between two questions whether to stop: some 10 to 20 ms. */
const patience = 1_000_000;

/**
 * A share of 1. Shares are added up in whole numbers, which come to the same in whatever order, and up to 255 trees fit
 * into 32 bits; a share is off by 2⁻²⁴ at most.
 */
export const shareUnit = 2 ** 23;

/** What trees say of the rows that they do not hold. */
export interface TreeSums {
  /** n×C: sums of leaf shares over the trees that do not hold the row, in units of 1/{@link shareUnit}. */
  readonly shares: Int32Array;
  /** n: how many trees these are. */
  readonly trees: Uint16Array;
}

/** Zeros. @param allocate room for so many bytes */
export function createTreeSums(
  rows: number,
  classes: number,
  allocate: (bytes: number) => ArrayBufferLike = (bytes) => new ArrayBuffer(bytes),
): TreeSums {
  return { shares: new Int32Array(allocate(4 * rows * classes)), trees: new Uint16Array(allocate(2 * rows)) };
}

/** Four numbers a node; halves are put aside, so a hundred nodes wait at most. */
const waitingNodes = 100;

/**
 * Grows trees one after another and asks each about the rows that it does not hold. No tree is kept: those rows go down
 * with the ones that it is grown from, and meet the shares of its leaves there. Memory 13 bytes a row and n·C numbers.
 */
export class TreeGrower {
  readonly #features: QuantisedFeatures;
  readonly #signal: CancellationSignal;
  readonly #search: CutSearch;
  readonly #classes: number;
  readonly #sums: TreeSums;
  /** The tree's own rows, then the others. */
  readonly #rows: Int32Array;
  readonly #aside: Int32Array;
  readonly #stack = new Int32Array(4 * waitingNodes);
  #waiting = 0;
  #looked = 0;

  /**
   * @param mostRows that a tree is grown from, repetitions not counted
   * @param sums to which trees are added; useless once a tree has been cancelled
   */
  constructor(
    features: QuantisedFeatures,
    { labels, classes }: { readonly labels: Int32Array; readonly classes: number },
    mostRows: number,
    rules: TreeRules,
    signal: CancellationSignal,
    sums: TreeSums,
  ) {
    const n = features.rows;
    this.#features = features;
    this.#signal = signal;
    this.#classes = classes;
    this.#search = new CutSearch(features, labels, classes, mostRows, rules);
    this.#rows = new Int32Array(n);
    this.#aside = new Int32Array(n);
    this.#sums = sums;
  }

  /**
   * One tree. Some n·log n steps for each of √d features.
   * @param weights n: how often the tree holds each row, 0 = not at all; one of them at least is not 0
   * @throws CancelledError
   */
  grow(weights: Uint8Array, random: Random): void {
    this.#search.beginTree();
    const held = this.#divideByWeight(weights);
    this.#waiting = 0;
    this.#push(0, held, held, weights.length);
    while (this.#waiting > 0) {
      const at = 4 * --this.#waiting;
      const stack = this.#stack;
      this.#growNode(weights, random, stack[at], stack[at + 1], stack[at + 2], stack[at + 3]);
    }
  }

  /** Rows of the tree first, either part ascending. @returns their number */
  #divideByWeight(weights: Uint8Array): number {
    let held = 0;
    for (const weight of weights) if (weight !== 0) held++;
    for (let row = 0, inside = 0, outside = held; row < weights.length; row++) {
      if (weights[row] !== 0) {
        this.#rows[inside++] = row;
      } else {
        this.#rows[outside++] = row;
        this.#sums.trees[row]++;
      }
    }
    return held;
  }

  /** The node of the tree's rows [from, to), which the others in [otherFrom, otherTo) have come to. */
  #growNode(weights: Uint8Array, random: Random, from: number, to: number, otherFrom: number, otherTo: number): void {
    this.#pause((this.#search.tried + 2) * (to - from) + otherTo - otherFrom);
    if (!this.#search.beginNode(this.#rows, weights, from, to) || !this.#search.search(this.#rows, from, random)) {
      this.#meetLeaf(otherFrom, otherTo);
      return;
    }
    const middle = this.#divide(from, to);
    const otherMiddle = this.#divide(otherFrom, otherTo);
    // The smaller side comes next, so that few wait.
    if (middle - from < to - middle) {
      this.#push(middle, to, otherMiddle, otherTo);
      this.#push(from, middle, otherFrom, otherMiddle);
    } else {
      this.#push(from, middle, otherFrom, otherMiddle);
      this.#push(middle, to, otherMiddle, otherTo);
    }
  }

  #push(from: number, to: number, otherFrom: number, otherTo: number): void {
    const at = 4 * this.#waiting++;
    this.#stack[at] = from;
    this.#stack[at + 1] = to;
    this.#stack[at + 2] = otherFrom;
    this.#stack[at + 3] = otherTo;
  }

  /**
   * Divides rows [from, to) by the cut that was found, either side in the order it had.
   * @returns where the right begins
   */
  #divide(from: number, to: number): number {
    const rows = this.#rows;
    const { bins, columns: d } = this.#features;
    const { feature, cut } = this.#search;
    let left = from;
    let right = 0;
    for (let i = from; i < to; i++) {
      const row = rows[i];
      if (bins[row * d + feature] <= cut) rows[left++] = row;
      else this.#aside[right++] = row;
    }
    for (let i = 0; i < right; i++) rows[left + i] = this.#aside[i];
    return left;
  }

  /** Adds the shares of the classes in a leaf to the rows that have come to it. */
  #meetLeaf(from: number, to: number): void {
    const { counts, total } = this.#search;
    for (let c = 0; c < counts.length; c++) {
      if (counts[c] > 0) this.#addShare(Math.round((counts[c] / total) * shareUnit), c, from, to);
    }
  }

  #addShare(share: number, c: number, from: number, to: number): void {
    const { shares } = this.#sums;
    for (let i = from; i < to; i++) shares[this.#rows[i] * this.#classes + c] += share;
  }

  #pause(values: number): void {
    this.#looked += values;
    if (this.#looked < patience) return;
    this.#looked = 0;
    this.#signal.throwIfCancelled();
  }
}
