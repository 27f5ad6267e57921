/** How the linear effects of removing single rows are spread. */
export interface RowSpread {
  /** Training rows with an effect. */
  readonly rows: number;
  /** √ of the mean squared distance from their mean; NaN without rows. */
  readonly deviation: number;
}

/** The spread of single-row effects; NaN = a row without one. O(n). */
export function measureSpread(effects: Float64Array): RowSpread {
  const known = effects.filter((effect) => !Number.isNaN(effect));
  const mean = known.reduce((sum, effect) => sum + effect / known.length, 0);
  const squares = known.reduce((sum, effect) => sum + (effect - mean) ** 2, 0);
  return { rows: known.length, deviation: Math.sqrt(squares / known.length) };
}

/**
 * Standard deviation of the linear effects of removing m of the n rows drawn at random: σ√(m(n − m)/(n − 1)), that of a
 * sum of m effects drawn without replacement; null where fewer than two rows have an effect.
 */
export function estimateRandomDeviation({ rows, deviation }: RowSpread, size: number): number | null {
  if (rows < 2) return null;
  return deviation * Math.sqrt((size * Math.max(0, rows - size)) / (rows - 1));
}
