import type { Random } from '../../base/random';
import type { CancellationSignal } from '../../job/jobContext';
import type { QuantisedFeatures } from './quantiseFeatures';

/** Values that are looked at between two questions whether to stop: some 10 to 20 ms. */
const patience = 1_000_000;

/** Four numbers a node; halves are put aside, so a hundred nodes wait at most. */
const waitingNodes = 100;

/** Finds the cuts of a tree, node by node. */
interface NodeSearch {
  /** Features that are looked at in a node. */
  readonly tried: number;
  /** Of the cut that was found last: rows with at most `cut` in `feature` go to the left. */
  readonly feature: number;
  readonly cut: number;
  beginTree(): void;
  /** Reads the tree's rows [from, to); whether they may be divided. */
  beginNode(rows: Int32Array, weights: Uint8Array, from: number, to: number): boolean;
  /** Whether there is a cut of the node's rows, which begin at `from`. */
  search(rows: Int32Array, from: number, random: Random): boolean;
}

/** What trees are grown by, and what they tell the rows that they do not hold. */
export interface TreeKind {
  readonly search: NodeSearch;
  /** n: how many trees have not held the row; counted up. */
  readonly trees: Uint16Array;
  /** `rows` [from, to), which the tree does not hold, have come to the leaf that `search` has just begun. */
  meetLeaf(rows: Int32Array, from: number, to: number): void;
}

/**
 * Grows trees one after another and asks each about the rows that it does not hold. No tree is kept: those rows go down
 * with the ones that it is grown from, and meet its leaves there. Memory 8 bytes a row beside those of the kind.
 */
export class TreeGrower {
  readonly #features: QuantisedFeatures;
  readonly #signal: CancellationSignal;
  readonly #kind: TreeKind;
  readonly #search: NodeSearch;
  /** The tree's own rows, then the others. */
  readonly #rows: Int32Array;
  readonly #aside: Int32Array;
  readonly #stack = new Int32Array(4 * waitingNodes);
  #waiting = 0;
  #looked = 0;

  constructor(features: QuantisedFeatures, kind: TreeKind, signal: CancellationSignal) {
    this.#features = features;
    this.#kind = kind;
    this.#search = kind.search;
    this.#signal = signal;
    this.#rows = new Int32Array(features.rows);
    this.#aside = new Int32Array(features.rows);
  }

  /**
   * One tree. Some n·log n steps for each feature that is looked at.
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
        this.#kind.trees[row]++;
      }
    }
    return held;
  }

  /** The node of the tree's rows [from, to), which the others in [otherFrom, otherTo) have come to. */
  #growNode(weights: Uint8Array, random: Random, from: number, to: number, otherFrom: number, otherTo: number): void {
    this.#pause((this.#search.tried + 2) * (to - from) + otherTo - otherFrom);
    if (!this.#search.beginNode(this.#rows, weights, from, to) || !this.#search.search(this.#rows, from, random)) {
      this.#kind.meetLeaf(this.#rows, otherFrom, otherTo);
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

  #pause(values: number): void {
    this.#looked += values;
    if (this.#looked < patience) return;
    this.#looked = 0;
    this.#signal.throwIfCancelled();
  }
}
