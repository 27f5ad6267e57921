/**
 * Which places of a view are selected, as sorted, disjoint, non-touching ranges [start, end). Selecting a million rows
 * is one range, so "select all" costs O(1); looking a place up costs O(log ranges). Values are never changed in place.
 */
export interface IndexSelection {
  readonly ranges: readonly IndexRange[];
  /** Places selected. */
  readonly count: number;
}

interface IndexRange {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

export const emptySelection: IndexSelection = { ranges: [], count: 0 };

function fromRanges(ranges: readonly IndexRange[]): IndexSelection {
  if (ranges.length === 0) return emptySelection;
  return { ranges, count: ranges.reduce((sum, { start, end }) => sum + end - start, 0) };
}

/** Every place of a view of `total` rows. */
export function selectAll(total: number): IndexSelection {
  return total > 0 ? { ranges: [{ start: 0, end: total }], count: total } : emptySelection;
}

/** The places between two places, both included, in either order. */
export function selectSpan(one: number, other: number): IndexSelection {
  const start = Math.min(one, other);
  const end = Math.max(one, other) + 1;
  return { ranges: [{ start, end }], count: end - start };
}

/** Index of the first range that ends after `place`. */
function firstRangeEndingAfter(ranges: readonly IndexRange[], place: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ranges[middle].end > place) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function isSelected(selection: IndexSelection, place: number): boolean {
  const range = selection.ranges[firstRangeEndingAfter(selection.ranges, place)];
  return range !== undefined && range.start <= place;
}

/** Both selections together; O(ranges). */
export function unite(one: IndexSelection, other: IndexSelection): IndexSelection {
  const sorted = [...one.ranges, ...other.ranges].sort((a, b) => a.start - b.start);
  const merged: IndexRange[] = [];
  for (const range of sorted) {
    const last = merged[merged.length - 1];
    if (last !== undefined && range.start <= last.end) {
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    } else {
      merged.push(range);
    }
  }
  return fromRanges(merged);
}

/** The places of one selection that the other does not have; O(ranges of both). */
export function subtract(one: IndexSelection, other: IndexSelection): IndexSelection {
  const left: IndexRange[] = [];
  let at = 0;
  for (const { start, end } of one.ranges) {
    while (at < other.ranges.length && other.ranges[at].end <= start) at++;
    let from = start;
    for (let k = at; k < other.ranges.length && other.ranges[k].start < end; k++) {
      if (other.ranges[k].start > from) left.push({ start: from, end: other.ranges[k].start });
      from = Math.max(from, other.ranges[k].end);
    }
    if (from < end) left.push({ start: from, end });
  }
  return fromRanges(left);
}

/** The places where a mask is 1 (it is 0 elsewhere); O(places). */
export function selectMarked(mask: Uint8Array): IndexSelection {
  const ranges: IndexRange[] = [];
  for (let start = mask.indexOf(1); start >= 0;) {
    let end = start + 1;
    while (end < mask.length && mask[end] !== 0) end++;
    ranges.push({ start, end });
    start = mask.indexOf(1, end);
  }
  return fromRanges(ranges);
}

/** Selects a place that is not selected and the other way round; O(ranges). */
export function toggle(selection: IndexSelection, place: number): IndexSelection {
  if (!isSelected(selection, place)) return unite(selection, selectSpan(place, place));
  return fromRanges(
    selection.ranges.flatMap((range) => {
      if (place < range.start || place >= range.end) return [range];
      return [
        { start: range.start, end: place },
        { start: place + 1, end: range.end },
      ].filter(({ start, end }) => end > start);
    }),
  );
}

/** The places of a view of `total` rows that are not selected. */
export function complement(selection: IndexSelection, total: number): IndexSelection {
  const gaps: IndexRange[] = [];
  let from = 0;
  for (const { start, end } of selection.ranges) {
    if (start > from) gaps.push({ start: from, end: start });
    from = end;
  }
  if (from < total) gaps.push({ start: from, end: total });
  return fromRanges(gaps);
}
