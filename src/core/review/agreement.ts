import type { Decision, RowReview } from './decisions';
import { wilsonInterval } from './wilson';

/** A value with its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** What became of a row in one review. */
export const outcomes = ['keep', 'remove', 'relabel', 'later', 'undecided'] as const;
export type Outcome = (typeof outcomes)[number];

/** Two reviews of the same rows, made without knowing of each other. */
export interface ReviewComparison {
  /** Rows of the second review. */
  readonly rows: number;
  /** Rows that both kept, removed or relabelled; only these count for the agreement. */
  readonly both: number;
  /** Of these, rows decided the same; relabelled rows need the same label. */
  readonly same: number;
  /** same / both, with Wilson's interval; null where no row was decided by both. */
  readonly share: Estimate | null;
  /** See {@link cohensKappa}; null where no row was decided by both, or both decided all of them one way. */
  readonly kappa: Estimate | null;
  /** Rows by what the first and the second made of them, those that occur. */
  readonly table: readonly { readonly first: Outcome; readonly second: Outcome; readonly rows: number }[];
  /** Rows that both relabelled, to different labels. */
  readonly otherLabels: number;
  /** Rows that the second decided and the first did not decide so, ascending: what is to be settled. */
  readonly differences: readonly number[];
}

const z = 1.959963984540054;

/** Compares what two reviews say of some rows. O(rows). */
export function compareReviews(
  rows: Iterable<number>,
  first: ReadonlyMap<number, RowReview>,
  second: ReadonlyMap<number, RowReview>,
): ReviewComparison {
  const places = new Map<string, number>();
  const placeOf = (decision: Decision): number => {
    const name = decision.kind === 'relabel' ? `relabel ${decision.label}` : decision.kind;
    const place = places.get(name) ?? places.size;
    places.set(name, place);
    return place;
  };
  const pairs: [number, number][] = [];
  const table = new Map<string, { first: Outcome; second: Outcome; rows: number }>();
  const differences: number[] = [];
  let count = 0;
  let otherLabels = 0;
  for (const row of rows) {
    count += 1;
    const [a, b] = [first.get(row)?.decision ?? null, second.get(row)?.decision ?? null];
    const key = `${outcomeOf(a)} ${outcomeOf(b)}`;
    const cell = table.get(key) ?? { first: outcomeOf(a), second: outcomeOf(b), rows: 0 };
    cell.rows += 1;
    table.set(key, cell);
    if (b === null || b.kind === 'later') continue;
    if (a === null || a.kind === 'later') {
      differences.push(row);
      continue;
    }
    const pair: [number, number] = [placeOf(a), placeOf(b)];
    pairs.push(pair);
    if (pair[0] === pair[1]) continue;
    differences.push(row);
    if (a.kind === 'relabel' && b.kind === 'relabel') otherLabels += 1;
  }
  const counts = Array.from(places, () => new Array<number>(places.size).fill(0));
  for (const [a, b] of pairs) counts[a][b] += 1;
  const same = counts.reduce((sum, row, place) => sum + row[place], 0);
  const both = pairs.length;
  return {
    rows: count,
    both,
    same,
    share: both === 0 ? null : { value: same / both, ...wilsonInterval(same, both) },
    kappa: cohensKappa(counts),
    table: [...table.values()].sort((a, b) => b.rows - a.rows),
    otherLabels,
    differences: differences.sort((a, b) => a - b),
  };
}

/**
 * Cohen's κ of a table of counts, rows by the first, columns by the second: (agreed − expected) / (1 − expected), the
 * expected share from how often each decides what. 1 = always, 0 = as chance would have it. The 95 % interval is
 * κ ± 1.96 s with the large-sample s of Fleiss, Cohen and Everitt; where all agree s is 0 and says nothing, and the low
 * end is κ at the low end of Wilson's interval of the agreement. null: no counts, or one decision is all there is.
 * Sources: Cohen, "A coefficient of agreement for nominal scales", 1960; Fleiss, Cohen, Everitt, "Large sample standard
 * errors of kappa and weighted kappa", 1969, equation 13.
 */
export function cohensKappa(counts: readonly (readonly number[])[]): Estimate | null {
  const total = counts.reduce((sum, row) => sum + row.reduce((part, count) => part + count, 0), 0);
  if (total === 0) return null;
  const p = counts.map((row) => row.map((count) => count / total));
  const ofFirst = p.map((row) => row.reduce((sum, share) => sum + share, 0));
  const ofSecond = p.map((_, place) => p.reduce((sum, row) => sum + row[place], 0));
  const agreed = p.reduce((sum, row, place) => sum + row[place], 0);
  const expected = ofFirst.reduce((sum, share, place) => sum + share * ofSecond[place], 0);
  if (1 - expected < 1e-12) return null;
  const kappaAt = (share: number): number => (share - expected) / (1 - expected);
  const value = kappaAt(agreed);
  if (1 - agreed < 1e-12) return { value: 1, low: kappaAt(wilsonInterval(total, total).low), high: 1 };
  let onDiagonal = 0;
  let off = 0;
  p.forEach((row, i) =>
    row.forEach((share, j) => {
      if (i === j) onDiagonal += share * (1 - expected - (ofFirst[i] + ofSecond[i]) * (1 - agreed)) ** 2;
      else off += share * (ofSecond[i] + ofFirst[j]) ** 2;
    }),
  );
  const last = (agreed * expected - 2 * expected + agreed) ** 2;
  const variance = (onDiagonal + (1 - agreed) ** 2 * off - last) / (total * (1 - expected) ** 4);
  const spread = z * Math.sqrt(Math.max(0, variance));
  return { value, low: Math.max(-1, value - spread), high: Math.min(1, value + spread) };
}

function outcomeOf(decision: Decision | null): Outcome {
  return decision?.kind ?? 'undecided';
}
