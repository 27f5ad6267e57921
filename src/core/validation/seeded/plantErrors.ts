import type { Random } from '../../base/random';

/** Rows of a copy that were given a wrong label, and which. */
export interface PlantedErrors<Labels> {
  readonly rows: Int32Array;
  /** All labels of the copy. */
  readonly labels: Labels;
}

interface ClassErrors {
  /** One class a row, −1 = unlabelled; left as they are. */
  readonly labels: Int32Array;
  readonly classes: number;
  /** Rows whose label is known to be right. */
  readonly trusted: Int32Array;
  /** Errors wanted; fewer are planted where a class would lose more than half of its trusted rows. */
  readonly count: number;
  /** C×C, true → given: how likely a class is called which. undefined: any other one alike. */
  readonly confusions?: readonly (readonly number[])[] | undefined;
  /** See `AuditInput.twins`: no label becomes one that may mean the same. */
  readonly twins?: Int32Array | undefined;
}

/** A class of fewer trusted rows keeps them all. */
const fewestRows = 4;

/** Gives trusted rows, drawn at random, another class each. O(n + count·C). */
export function plantClassErrors(
  { labels, classes, trusted, count, confusions, twins }: ClassErrors,
  random: Random,
): PlantedErrors<Int32Array> {
  const copy = labels.slice();
  const left = new Array<number>(classes).fill(0);
  for (const row of trusted) left[labels[row]] += 1;
  const spare = left.map((rows) => (rows < fewestRows ? 0 : Math.floor(rows / 2)));
  const order = trusted.slice();
  random.shuffle(order);
  const planted: number[] = [];
  for (const row of order) {
    if (planted.length === count) break;
    const label = labels[row];
    if (spare[label] === 0) continue;
    const shares = Array.from({ length: classes }, (_, other) =>
      other === label || (twins !== undefined && twins[other] === twins[label])
        ? 0
        : (confusions?.[label]?.[other] ?? 1),
    );
    const other = drawFrom(shares, random);
    if (other === null) continue;
    copy[row] = other;
    spare[label] -= 1;
    planted.push(row);
  }
  return { rows: Int32Array.from(planted).sort(), labels: copy };
}

interface NumberErrors {
  /** NaN = unlabelled. */
  readonly labels: Float64Array;
  readonly trusted: Int32Array;
  readonly count: number;
  /** The interval of each row in which its label is within tolerance. */
  readonly low: ArrayLike<number>;
  readonly high: ArrayLike<number>;
}

/** Tries for a label out of tolerance. */
const mostTries = 50;

/** Gives trusted rows, drawn at random, the number of another one that is out of their tolerance. O(n + count). */
export function plantNumberErrors(
  { labels, trusted, count, low, high }: NumberErrors,
  random: Random,
): PlantedErrors<Float64Array> {
  const copy = labels.slice();
  const order = trusted.slice();
  random.shuffle(order);
  const planted: number[] = [];
  for (const row of order) {
    if (planted.length === count) break;
    for (let tries = 0; tries < mostTries; tries++) {
      const other = labels[trusted[random.integer(trusted.length)]];
      if (other >= low[row] && other <= high[row]) continue;
      copy[row] = other;
      planted.push(row);
      break;
    }
  }
  return { rows: Int32Array.from(planted).sort(), labels: copy };
}

/** A place with a probability in proportion to its share; null where all are nothing. */
function drawFrom(shares: readonly number[], random: Random): number | null {
  const total = shares.reduce((sum, share) => sum + share, 0);
  if (total <= 0) return null;
  let left = random.uniform() * total;
  let last: number | null = null;
  for (const [place, share] of shares.entries()) {
    if (share <= 0) continue;
    last = place;
    left -= share;
    if (left < 0) return place;
  }
  return last;
}
