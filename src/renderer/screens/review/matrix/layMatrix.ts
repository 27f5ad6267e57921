import type { LabelPair } from '../../../../contract/review';

/** More classes than this are too many cells to read. */
const mostClasses = 24;

/** A matrix of counts: given labels as rows, suggested ones as columns, both in the order of the classes. */
interface Matrix {
  readonly classes: readonly string[];
  /** counts[g][s]. */
  readonly counts: readonly (readonly number[])[];
  /** Sums over all classes, also those that are not drawn. */
  readonly givenTotals: readonly number[];
  readonly suggestedTotals: readonly number[];
  /** The largest count off the diagonal. */
  readonly largest: number;
  /** Rows whose label is not the suggested one. */
  readonly disagreeing: number;
  readonly rows: number;
}

/**
 * Lays pairs out; of many classes those that take part in most disagreements. Cost O(pairs + C log C), C classes.
 */
export function layMatrix(pairs: readonly LabelPair[], all: readonly string[]): Matrix {
  const disagreements = new Map<string, number>();
  const given = new Map<string, number>();
  const suggested = new Map<string, number>();
  const add = (to: Map<string, number>, label: string, rows: number): void => {
    to.set(label, (to.get(label) ?? 0) + rows);
  };
  let rows = 0;
  let disagreeing = 0;
  for (const pair of pairs) {
    rows += pair.rows;
    add(given, pair.given, pair.rows);
    add(suggested, pair.suggested, pair.rows);
    if (pair.given === pair.suggested) continue;
    disagreeing += pair.rows;
    add(disagreements, pair.given, pair.rows);
    add(disagreements, pair.suggested, pair.rows);
  }
  const most = new Set(
    [...all].sort((a, b) => (disagreements.get(b) ?? 0) - (disagreements.get(a) ?? 0)).slice(0, mostClasses),
  );
  const classes = all.filter((label) => most.has(label));
  const places = new Map(classes.map((label, at) => [label, at]));
  const counts = classes.map(() => new Array<number>(classes.length).fill(0));
  let largest = 0;
  for (const pair of pairs) {
    const row = counts[places.get(pair.given) ?? -1];
    const at = places.get(pair.suggested);
    if (row === undefined || at === undefined) continue;
    row[at] = pair.rows;
    if (pair.given !== pair.suggested) largest = Math.max(largest, pair.rows);
  }
  return {
    classes,
    counts,
    givenTotals: classes.map((label) => given.get(label) ?? 0),
    suggestedTotals: classes.map((label) => suggested.get(label) ?? 0),
    largest,
    disagreeing,
    rows,
  };
}

/** The cell that an arrow key goes to from (row, column) of `size` × `size`; null: the key is none of its. */
export function cellForKey(key: string, row: number, column: number, size: number): readonly [number, number] | null {
  const last = size - 1;
  switch (key) {
    case 'ArrowUp':
      return [Math.max(0, row - 1), column];
    case 'ArrowDown':
      return [Math.min(last, row + 1), column];
    case 'ArrowLeft':
      return [row, Math.max(0, column - 1)];
    case 'ArrowRight':
      return [row, Math.min(last, column + 1)];
    case 'Home':
      return [row, 0];
    case 'End':
      return [row, last];
    default:
      return null;
  }
}
