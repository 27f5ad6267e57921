/**
 * Chromium cuts elements off near 33.5 million pixels (in device pixels: a quarter of that at 200 % zoom on a dense
 * screen), less than a million rows need. Above this height the scroll bar stands for a taller list than it measures.
 */
export const maxScrollHeight = 8_000_000;

/** Lengths in CSS pixels. */
interface ScrollScale {
  /** Height of all rows. */
  readonly contentHeight: number;
  /** Height of the element that scrolls: the content's, or less. */
  readonly scrollHeight: number;
  /** Height of the window onto the rows. */
  readonly viewportHeight: number;
  /** True where one pixel of the scroll bar stands for more than one pixel of rows. */
  readonly scaled: boolean;
}

export function makeScrollScale(rowCount: number, rowHeight: number, viewportHeight: number): ScrollScale {
  const contentHeight = rowCount * rowHeight;
  const scrollHeight = Math.min(contentHeight, maxScrollHeight);
  return { contentHeight, scrollHeight, viewportHeight, scaled: contentHeight > scrollHeight };
}

/** The largest distance between the top of the rows and the top of the window. */
export function maxOffset(scale: ScrollScale): number {
  return Math.max(0, scale.contentHeight - scale.viewportHeight);
}

export function clampOffset(scale: ScrollScale, offset: number): number {
  return Math.min(Math.max(0, offset), maxOffset(scale));
}

/** Where the rows stand when the scroll bar stands at `scrollTop`. The ends meet exactly. */
export function offsetOfScrollTop(scale: ScrollScale, scrollTop: number): number {
  if (!scale.scaled) return clampOffset(scale, scrollTop);
  const range = scale.scrollHeight - scale.viewportHeight;
  return clampOffset(scale, (scrollTop / range) * maxOffset(scale));
}

/** Where the scroll bar must stand to show the rows at `offset`: the inverse of {@link offsetOfScrollTop}. */
export function scrollTopOfOffset(scale: ScrollScale, offset: number): number {
  const clamped = clampOffset(scale, offset);
  if (!scale.scaled) return clamped;
  return (clamped / maxOffset(scale)) * (scale.scrollHeight - scale.viewportHeight);
}

/** Places that show in the window, with `overscan` more on both sides: [start, end). */
export function visiblePlaces(
  scale: ScrollScale,
  offset: number,
  rows: { readonly rowHeight: number; readonly rowCount: number; readonly overscan: number },
): { start: number; end: number } {
  const first = Math.floor(offset / rows.rowHeight) - rows.overscan;
  const last = Math.ceil((offset + scale.viewportHeight) / rows.rowHeight) + rows.overscan;
  return { start: Math.max(0, first), end: Math.min(rows.rowCount, last) };
}

/** The offset nearest to the present one at which the row shows whole. */
export function offsetToReveal(scale: ScrollScale, offset: number, place: number, rowHeight: number): number {
  const top = place * rowHeight;
  if (top < offset) return clampOffset(scale, top);
  if (top + rowHeight > offset + scale.viewportHeight)
    return clampOffset(scale, top + rowHeight - scale.viewportHeight);
  return offset;
}
