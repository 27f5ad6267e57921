import type { CellBlock } from '../cells/cellBlock';
import { isMissing } from '../cells/cells';
import { detach } from '../cells/cellText';
import type { Candidate, Learned, Learner } from './learnerTypes';

/** Values of a category with a feature of their own, at most; the most frequent ones. */
export const maxLevels = 50;
/** Distinct values of a category counted; beyond, new ones are "other" without being counted. */
const maxCountedValues = 100_000;

/**
 * Labelled rows a value must have not to be pooled into "other": half a percent of them, at least 2, at most 10.
 */
function rareBelow(labelledRows: number): number {
  return Math.min(10, Math.max(2, Math.ceil(0.005 * labelledRows)));
}

/** Counts the values of a column. */
export class CategoryLearner implements Learner {
  readonly #counts = new Map<string, number>();
  #missing = 0;

  constructor(
    private readonly name: string,
    private readonly missing: ReadonlySet<string> | null,
  ) {}

  add(block: CellBlock, column: number, labelledRows: Uint8Array): void {
    for (let row = 0; row < block.rows; row++) {
      if (labelledRows[block.firstRow + row] === 1) this.#count(block.cell(row, column));
    }
  }

  #count(cell: string): void {
    if (isMissing(cell) || this.missing?.has(cell.trim()) === true) {
      this.#missing++;
      return;
    }
    const value = cell.trim();
    const count = this.#counts.get(value);
    if (count !== undefined) this.#counts.set(value, count + 1);
    else if (this.#counts.size < maxCountedValues) this.#counts.set(detach(value), 1);
  }

  learn(labelledRows: number): Learned {
    const least = rareBelow(labelledRows);
    const ordered = [...this.#counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    const kept = ordered.filter(([, count]) => count >= least).slice(0, maxLevels);
    const filled = labelledRows - this.#missing;
    const pooled = filled - kept.reduce((sum, [, count]) => sum + count, 0);
    const candidate = (name: string, count: number): Candidate => {
      const share = count / labelledRows;
      return { name, mean: share, scale: Math.sqrt(share * (1 - share)) };
    };
    return {
      encoding: {
        kind: 'category',
        levels: kept.map(([value]) => value),
        other: pooled > 0,
        missing: this.#missing > 0,
      },
      candidates: [
        ...kept.map(([value, count]) => candidate(`${this.name} = ${value}`, count)),
        ...(pooled > 0 ? [candidate(`${this.name} = (other)`, pooled)] : []),
        ...(this.#missing > 0 ? [candidate(`${this.name} is missing`, this.#missing)] : []),
      ],
      filled: 0,
      pooled: ordered.length - kept.length,
      size: 1,
      signs: false,
      constant: 'constant in the labelled rows',
    };
  }
}
