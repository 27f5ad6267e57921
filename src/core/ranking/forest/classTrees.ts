import { CutSearch, type TreeRules } from './cutSearch';
import type { QuantisedFeatures } from './quantiseFeatures';
import type { TreeKind } from './treeGrower';

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

/** Trees for classes: a leaf tells the shares of its classes. */
export class ClassTrees implements TreeKind {
  readonly search: CutSearch;
  readonly trees: Uint16Array;
  readonly #shares: Int32Array;
  readonly #classes: number;

  /**
   * @param mostRows that a tree is grown from, repetitions not counted
   * @param sums to which trees are added; useless once a tree has been cancelled
   */
  constructor(
    features: QuantisedFeatures,
    { labels, classes }: { readonly labels: Int32Array; readonly classes: number },
    mostRows: number,
    rules: TreeRules,
    sums: TreeSums,
  ) {
    this.search = new CutSearch(features, labels, classes, mostRows, rules);
    this.trees = sums.trees;
    this.#shares = sums.shares;
    this.#classes = classes;
  }

  meetLeaf(rows: Int32Array, from: number, to: number): void {
    const { counts, total } = this.search;
    for (let c = 0; c < counts.length; c++) {
      if (counts[c] > 0) this.#addShare(Math.round((counts[c] / total) * shareUnit), c, rows, from, to);
    }
  }

  #addShare(share: number, c: number, rows: Int32Array, from: number, to: number): void {
    const shares = this.#shares;
    const classes = this.#classes;
    for (let i = from; i < to; i++) shares[rows[i] * classes + c] += share;
  }
}
