/** How far estimates from this head can be trusted at all. */
export interface ModelTrust {
  readonly trainRows: number;
  /** The intercept not counted. */
  readonly features: number;
  /** p. */
  readonly parameters: number;
  /** Features / rows. */
  readonly featuresPerRow: number;
  /** λ. */
  readonly l2: number;
  /** Estimate of cond₂(H). */
  readonly conditionEstimate: number;
  /** What the large products are computed in. */
  readonly precision: 'float64' | 'float32';
  /** What the engine chose and why, for people (precision.ts). */
  readonly precisionChoice: string;
  /** Measured relative error of solutions of H before refinement; 0 where H is float64. */
  readonly solveError: number;
  /** How H⁻¹v is computed, for people. */
  readonly solver: string;
  /** How rows are rescaled (leverages), for people. */
  readonly rescaling: string;
  /** Whether the leverages are exact, or estimates for a head too large to invert H. */
  readonly exactLeverages: boolean;
  /** Σhᵢ over the training rows; null where the leverages are not known. */
  readonly effectiveDof: number | null;
  /** Training rows with leverage above `selfDeterminedLeverage` (0.9); null where the leverages are not known. */
  readonly selfDeterminedRows: number | null;
}

/** What a set does to one measurement by each method. Positive = removal raises it. */
export interface MethodEffects {
  readonly if: number;
  readonly rif: number;
  /** null: not computed, or it does not exist. */
  readonly newton: number | null;
}

/** How far the estimates for one set can be trusted. */
export interface SetTrust {
  readonly rows: number;
  /** |S|/n, 0 … 1. */
  readonly share: number;
  readonly maxLeverage: number;
  /** Rows of the set with leverage above `selfDeterminedLeverage`. */
  readonly selfDeterminedRows: number;
  /** The measurement that `effects` are on; null without one. */
  readonly measurement: string | null;
  readonly effects: MethodEffects | null;
  /**
   * Relative gaps between the methods: on the measurement where its change is not next to nothing, and on the
   * parameters.
   */
  readonly effectGap: MethodGap | null;
  readonly parameterGap: MethodGap;
  /** Relative residual of the solve behind the estimate; NaN where not measured. */
  readonly residual: number;
}

/** |IF − NS|/|NS| and |RIF − NS|/|NS|; without the Newton step `if` is |IF − RIF|/|RIF| and `rif` is null. */
export interface MethodGap {
  readonly if: number;
  readonly rif: number | null;
  readonly against: 'newton' | 'rif';
}

/** Data and words on how far an estimate can be trusted. It goes with every result. */
export interface TrustReport {
  readonly model: ModelTrust;
  /** null: about the head alone. */
  readonly set: SetTrust | null;
  readonly sentences: readonly TrustSentence[];
}

export type TrustSeverity = 'note' | 'caution' | 'warning';

type TrustTopic = 'leverage' | 'gap' | 'condition' | 'residual' | 'freedom' | 'size';

/** For people: what was found, what it means, what to do. */
export interface TrustSentence {
  readonly severity: TrustSeverity;
  readonly about: TrustTopic;
  /** Whether it is about the rows at hand or holds for whatever is asked of the head. */
  readonly of: 'set' | 'head';
  readonly text: string;
}
