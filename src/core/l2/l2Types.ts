/** One point of the λ curve. */
export interface L2CurvePoint {
  readonly l2: number;
  /** Mean RIF leave-one-out loss over the training rows. */
  readonly meanLooLoss: number;
  /** Σ leverage. */
  readonly effectiveDof: number;
  /** Mean loss over the training rows. */
  readonly meanLoss: number;
}

/** How λ was chosen; points ascend in λ. */
export interface L2Choice {
  readonly points: readonly L2CurvePoint[];
  readonly chosen: number;
  /** The minimum lies on the edge of the grid: the best λ may lie beyond. */
  readonly onEdge: boolean;
  /**
   * `estimated`: the losses of `points` are made of estimated leverages, corrected by exact ones where that is needed.
   * Default `exact`.
   */
  readonly method?: 'exact' | 'estimated';
  /** Training rows of the sample that `points` were measured on; all where it is missing. */
  readonly sampledRows?: number;
  /** Where there was a sample: the λ values then compared on all rows, `chosen` among them, ascending. */
  readonly compared?: readonly L2CurvePoint[];
}
