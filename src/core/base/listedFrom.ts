/**
 * Suspicion from which a row is listed unless the analyst says otherwise. From here on a label is more likely wrong
 * than right, and another one is suggested; below, the given one.
 */
export const listedFrom = 0.5;
