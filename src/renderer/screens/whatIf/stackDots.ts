/** A dot above an axis: `x` in the units of the axis, `level` 0 for the lowest of its column. */
interface Dot {
  readonly x: number;
  readonly level: number;
}

/**
 * A dot plot: values in columns of equal width over their range, each a dot on those of its column. Dots stand at their
 * value, not at the middle of the column.
 * @param range of the axis, low < high
 */
export function stackDots(values: readonly number[], range: readonly [number, number], columns: number): Dot[] {
  const [low, high] = range;
  const heights = new Map<number, number>();
  return [...values]
    .sort((a, b) => a - b)
    .map((x) => {
      const column = Math.min(columns - 1, Math.max(0, Math.floor(((x - low) / (high - low)) * columns)));
      const level = heights.get(column) ?? 0;
      heights.set(column, level + 1);
      return { x, level };
    });
}

/** The range of an axis that shows all values and zero, with some room on both sides. */
export function rangeAround(values: readonly number[]): [number, number] {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const room = 0.06 * (high - low) || 1e-6;
  return [low - room, high + room];
}
