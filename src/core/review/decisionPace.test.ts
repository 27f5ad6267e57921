import { describe, expect, it } from 'vitest';
import { measurePace } from './decisionPace';
import type { LogEntry } from './decisions';

/** Decisions of a person about one row each, so many seconds after what came before. */
function log(...steps: readonly (readonly [gap: number, reviewer?: string, rows?: number])[]): LogEntry[] {
  let at = Date.UTC(2026, 0, 1);
  return steps.map(([gap, reviewer = 'a', rows = 1], k) => {
    at += 1_000 * gap;
    return {
      kind: 'decide',
      seq: k + 1,
      time: new Date(at).toISOString(),
      reviewer,
      rows: Array.from({ length: rows }, (_, row) => row),
      decision: { kind: 'keep' },
      title: '',
    };
  });
}

describe('measurePace', () => {
  it('is the median gap, without breaks, decisions about many rows and other people', () => {
    const entries = log([0], [4], [5], [6], [900], [5], [1, 'a', 50], [7], [2, 'b'], [5], [3]);
    // b's decision, and the one that followed it, say nothing of a.
    expect(measurePace(entries)).toEqual({ seconds: 5, decisions: 6 });
  });

  it('is of whoever decided last', () => {
    const entries = log(
      ...Array.from({ length: 8 }, () => [2, 'a'] as const),
      ...Array.from({ length: 8 }, () => [9, 'b'] as const),
    );
    expect(measurePace(entries)).toEqual({ seconds: 9, decisions: 7 });
  });

  it('says nothing of a few decisions', () => {
    expect(measurePace([])).toBeNull();
    expect(measurePace(log([0], [4], [4], [4], [4]))).toBeNull();
  });
});
