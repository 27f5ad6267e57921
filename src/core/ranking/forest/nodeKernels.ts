import { mostBins, type QuantisedFeatures } from './quantiseFeatures';

/** A member of a node in one number: its class, and above these bits how often it was drawn (below 2¹¹). */
export const classBits = 20;
export const classMask = 2 ** classBits - 1;
/** Rows that are counted, in one number: how often they were drawn, and above these bits how many they are (< 2¹⁵). */
export const weightBits = 16;
export const weightMask = 2 ** weightBits - 1;
const oneRow = 2 ** weightBits;

/** The bins that rows[from, from + size) have in features order[first, first + count), feature by feature. */
export function gatherBins(
  { bins, columns }: QuantisedFeatures,
  rows: Int32Array,
  from: number,
  size: number,
  order: Int32Array,
  first: number,
  count: number,
  out: Uint8Array,
): void {
  for (let i = 0; i < size; i++) {
    const base = rows[from + i] * columns;
    for (let f = 0, at = i; f < count; f++, at += size) out[at] = bins[base + order[first + f]];
  }
}

/** The least of bins[at, at + size) and, above eight bits, the largest. */
export function rangeOf(bins: Uint8Array, at: number, size: number): number {
  let low = mostBins;
  let high = 0;
  for (let i = 0; i < size; i++) {
    const bin = bins[at + i];
    if (bin < low) low = bin;
    if (bin > high) high = bin;
  }
  return low | (high << 8);
}

/** Counts the members by bin (of `low` to `high`) and class. */
export function fillHistogram(
  histogram: Int32Array,
  classes: number,
  bins: Uint8Array,
  at: number,
  members: Int32Array,
  size: number,
  low: number,
  high: number,
): void {
  histogram.fill(0, low * classes, (high + 1) * classes);
  for (let i = 0; i < size; i++) {
    const member = members[i];
    histogram[bins[at + i] * classes + (member & classMask)] += oneRow | (member >> classBits);
  }
}

/** Counts the members in bins up to `cut` by class, and behind these the others: without a branch, which is a guess. */
export function fillSides(
  sides: Int32Array,
  classes: number,
  bins: Uint8Array,
  at: number,
  cut: number,
  members: Int32Array,
  size: number,
): void {
  sides.fill(0);
  for (let i = 0; i < size; i++) {
    const member = members[i];
    sides[(member & classMask) + (((cut - bins[at + i]) >> 31) & classes)] += oneRow | (member >> classBits);
  }
}

/** Puts the members in the order of their bins (`low` to `high`); afterwards bin b ends at ends[b]. */
export function sortMembers(
  sorted: Int32Array,
  ends: Int32Array,
  bins: Uint8Array,
  at: number,
  members: Int32Array,
  size: number,
  low: number,
  high: number,
): void {
  ends.fill(0, low, high + 1);
  for (let i = 0; i < size; i++) ends[bins[at + i]]++;
  for (let bin = low, begin = 0; bin <= high; bin++) {
    const count = ends[bin];
    ends[bin] = begin;
    begin += count;
  }
  for (let i = 0; i < size; i++) sorted[ends[bins[at + i]]++] = members[i];
}

export function sumSquares(counts: Int32Array): number {
  let sum = 0;
  for (const count of counts) sum += count * count;
  return sum;
}
