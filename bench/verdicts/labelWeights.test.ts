import { describe, expect, it } from 'vitest';
import type { LabelReading, MeasuredLabels } from './labelWeights';
import { allReadings, fillLabelWeights } from './labelWeights';

/** Three rows of three classes: right and trusted, wrong and suspected, right and a little suspected. */
const labels: MeasuredLabels = {
  classes: 3,
  given: Int32Array.of(0, 1, 2),
  truth: Int32Array.of(0, 2, 2),
  suspicion: Float64Array.of(0, 0.8, 0.05),
  suggested: Int32Array.of(0, 2, 2),
  pool: Float32Array.of(0.75, 0.125, 0.125, 0.25, 0.25, 0.5, 0.0625, 0.1875, 0.75),
  transitions: null,
};
const rowsOf = (reading: LabelReading, from = labels): number[][] => {
  const { data } = fillLabelWeights(from, reading);
  return [0, 3, 6].map((at) => [...data.subarray(at, at + 3)].map((value) => Number(value.toFixed(12))));
};

describe('fillLabelWeights', () => {
  it('takes labels as they are, as given, and with the weight of trust', () => {
    expect(rowsOf('clean')).toEqual([
      [1, 0, 0],
      [0, 0, 1],
      [0, 0, 1],
    ]);
    expect(rowsOf('given')).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    expect(rowsOf('weighted')).toEqual([
      [1, 0, 0],
      [0, 0.2, 0],
      [0, 0, 0.95],
    ]);
    expect(rowsOf('squared')).toEqual([
      [1, 0, 0],
      [0, 0.04, 0],
      [0, 0, 0.9025],
    ]);
    expect(rowsOf('excluded')).toEqual([
      [1, 0, 0],
      [0, 0, 0],
      [0, 0, 1],
    ]);
    expect(rowsOf('floored')).toEqual([
      [1, 0, 0],
      [0, 0.2, 0],
      [0, 0, 1],
    ]);
  });

  it('gives suspicion to another label, to the suggested one, or to all others by pool and transitions', () => {
    expect(rowsOf('expected')).toEqual([
      [1, 0, 0],
      [0, 0.2, 0.8],
      [0, 0.05, 0.95],
    ]);
    expect(rowsOf('suggested')).toEqual([
      [1, 0, 0],
      [0, 0.2, 0.8],
      [0, 0, 1],
    ]);
    const posterior = rowsOf('posterior');
    expect(posterior[1][0]).toBeCloseTo(0.8 / 3, 12);
    expect(posterior[1][2]).toBeCloseTo(1.6 / 3, 12);
    // Class 2 is never called 1: only class 0 is left.
    const data = Float64Array.of(0.9, 0.1, 0, 0, 1, 0, 0, 0, 1);
    const [, second] = rowsOf('posterior', { ...labels, transitions: { rows: 3, columns: 3, data } });
    expect(second).toEqual([0.8, 0.2, 0]);
  });

  it('is the given labels, by every reading but the truth, where nothing is suspected', () => {
    const trusted = { ...labels, suspicion: new Float64Array(3) };
    for (const reading of allReadings.filter((one) => one !== 'clean')) {
      expect(rowsOf(reading, trusted)).toEqual(rowsOf('given'));
    }
  });
});
