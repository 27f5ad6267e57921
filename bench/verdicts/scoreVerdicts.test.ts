import { describe, expect, it } from 'vitest';
import type { EditChange, MeasureName, Verdict } from './measureVerdicts';
import { scoreVerdicts } from './scoreVerdicts';

const change = (retrained: number, newton = retrained): EditChange => ({
  retrained,
  rif: Number.NaN,
  newton,
  randomDeviation: 1,
});

/** A verdict by what is true and what the given labels say of it. */
function verdict(clean: EditChange, given: EditChange): Verdict {
  const changes = { clean, given } as Record<MeasureName, EditChange>;
  return { kind: 'list', size: 10, changes: { loss: changes, accuracy: changes } };
}

const standard = { statistic: 'loss', truth: 'clean' } as const;

describe('scoreVerdicts', () => {
  const verdicts = [
    verdict(change(-4, -5), change(2)),
    verdict(change(-4), change(-3)),
    verdict(change(3), change(1.5)),
    verdict(change(1.9), change(-7)),
  ];

  it('counts signs and sizes where the truth is clear', () => {
    const score = scoreVerdicts(verdicts, 'given', 'retrained', standard);
    expect(score.judged).toBe(3);
    expect(score.agreement).toBeCloseTo(2 / 3, 12);
    expect(score.error).toBeCloseTo(0.5, 12);
    expect(score.ratio).toBeCloseTo(0.5, 12);
  });

  it('scores predictions against the retrained truth, and leaves out what is not predicted', () => {
    expect(scoreVerdicts(verdicts, 'clean', 'newton', standard)).toEqual({
      judged: 3,
      agreement: 1,
      error: 0,
      ratio: 1,
    });
    expect(scoreVerdicts(verdicts, 'clean', 'rif', standard).judged).toBe(0);
  });
});
