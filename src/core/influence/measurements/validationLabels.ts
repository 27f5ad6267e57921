/**
 * How a mean over rows takes their labels (docs/mathematics.md, "Measuring on labels that may be wrong"). s: the
 * probability that a row's given label is wrong.
 *
 * - `given`: as they are.
 * - `weighted`: a row counts 1 − s.
 * - `expected`: a row counts 1 − s with its given label and s with the label that is likeliest instead of it.
 */
export const validationLabelWays = ['given', 'weighted', 'expected'] as const;
export type ValidationLabels = (typeof validationLabelWays)[number];

/** How verdicts take labels wherever an audit has judged them and nobody says otherwise. */
export const defaultValidationLabels: ValidationLabels = 'weighted';
