/** Which part of the data a row is in: the values of a split array. */
export const splitCodes = { train: 0, validation: 1, test: 2 } as const;
