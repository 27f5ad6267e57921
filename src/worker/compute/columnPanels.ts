/** A run of columns [from, to) of a d×d matrix. */
export interface ColumnPanel {
  readonly from: number;
  readonly to: number;
  readonly width: number;
}

/** Below this a product of whole matrices is faster than several of parts. */
const leastColumns = 320;
/**
 * From so many columns on one more panel is faster: two save a quarter of a symmetric or triangular product, three a
 * third, four three eighths.
 */
const threeFrom = 896;
const fourFrom = 1536;
/** So that one call ends within about 100 ms. */
const widest = 1024;

/**
 * Cuts the columns of a symmetric or triangular d×d matrix so that only what lies on or below the panels on its
 * diagonal need be computed. Depends on d only.
 */
export function columnPanels(d: number): readonly ColumnPanel[] {
  const fewest = d < leastColumns ? 1 : d < threeFrom ? 2 : d < fourFrom ? 3 : 4;
  const count = Math.max(fewest, Math.ceil(d / widest));
  return Array.from({ length: count }, (_, i) => {
    const from = Math.round((i * d) / count);
    const to = Math.round(((i + 1) * d) / count);
    return { from, to, width: to - from };
  });
}
