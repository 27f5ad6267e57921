import { describe, expect, it } from 'vitest';
import { valueOfSet } from '../influence/measurements/effectsOnSet';
import { readLabels } from '../influence/measurements/measuredLabels';
import { lossOfLogits } from '../models/evaluateHead';
import { believe, likeliestOthers } from './labelBeliefs';

describe('believe', () => {
  const labels = Int32Array.of(0, 1, 0, -1);
  const others = Int32Array.of(1, 0, 1, -1);
  const suspicion = Float64Array.of(1, 1, 0.25, Number.NaN);

  it('doubts nothing without a signal, nor what a person vouches for, nor rows without a label', () => {
    expect(believe(labels, { suspicion, others }, false, undefined).suspicion).toEqual(new Float64Array(4));
    const vouched = Uint8Array.of(1, 0, 1, 0);
    const doubted = believe(labels, { suspicion, others }, true, vouched).suspicion;
    expect([...doubted].map((s) => s > 0)).toEqual([false, true, false, false]);
  });

  it('leaves something of every label: rows whose suspicions all round to 1 are measured, all alike', () => {
    const beliefs = believe(labels, { suspicion, others }, true, undefined);
    const head = { kind: 'logistic', outputs: 1 } as const;
    const logits = Float64Array.of(2, -1, 0.5, 0);
    const doubtful = Int32Array.of(0, 1);
    const { meanLoss } = valueOfSet({ problem: head, logits }, readLabels(labels, beliefs, 'weighted'), doubtful);
    const losses = Array.from(doubtful, (row) => lossOfLogits(head, logits, row, labels[row]));
    expect(meanLoss).toBeCloseTo((losses[0] + losses[1]) / 2, 12);
    const all = Int32Array.of(0, 1, 2);
    const { meanLoss: believed } = valueOfSet({ problem: head, logits }, readLabels(labels, beliefs, 'weighted'), all);
    expect(believed).toBeCloseTo(lossOfLogits(head, logits, 2, 0), 7);
  });
});

describe('likeliestOthers', () => {
  it('are suggested labels, or the likeliest class that is no twin of the label', () => {
    const pool = Float32Array.of(0.5, 0.3, 0.2, 0.5, 0.3, 0.2, 0.5, 0.3, 0.2);
    const labels = Int32Array.of(0, 2, -1);
    const suggested = Int32Array.of(0, 0, 0);
    expect(likeliestOthers(suggested, pool, labels, 3, undefined)).toEqual(Int32Array.of(1, 0, -1));
    expect(likeliestOthers(suggested, pool, labels, 3, Int32Array.of(0, 0, 2))).toEqual(Int32Array.of(2, 0, -1));
  });
});
