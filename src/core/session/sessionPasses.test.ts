import { describe, expect, it } from 'vitest';
import { auditFeatures } from '../audit/auditFeatures';
import type { StoredRows } from '../base/featureRows';
import { splitCodes } from '../base/splitCodes';
import { createExactNeighbourSearch } from '../ranking/neighbours/exactNeighbours';
import { createTestContext, syntheticRows } from '../testing/testData';
import { openAuditSession } from './auditSession';

/** Passes over stored rows are what interactive questions wait for when features do not fit in memory. */
describe('a session on stored features', () => {
  const n = 400;
  const data = syntheticRows({ rows: n, features: 6, classes: 3, seed: 5 });
  // Scattered among the rows, and so many that they are read where they are.
  const split = Uint8Array.from({ length: n }, (_, i) => (i % 2 === 0 ? splitCodes.validation : splitCodes.train));
  const input = { ...data, split, unpenalised: [5], l2: 0.01 };
  const { head } = auditFeatures({ ...input, neighbours: createExactNeighbourSearch() }, createTestContext());
  const { rows, columns, data: numbers } = data.features;
  let rowsRead = 0;
  const features: StoredRows = {
    rows,
    columns,
    element: 'float64',
    read: (from, count, out) => {
      rowsRead += count;
      out.set(numbers.subarray(from * columns, (from + count) * columns));
    },
  };
  const open = () =>
    openAuditSession({ ...input, features, kind: head.kind, theta: head.theta, l2: head.l2 }, createTestContext());
  /** Rows are read in passes and a few at a time: whole passes are told. */
  const passesOf = (ask: () => unknown): number => {
    rowsRead = 0;
    ask();
    return Math.floor(rowsRead / (0.9 * n));
  };
  const set = Int32Array.of(1, 3, 77);

  it('explains a row in one pass', () => {
    const session = open();
    expect(passesOf(() => session.explainRow({ row: 7, suggestedLabel: 0 }))).toBe(1);
    expect(passesOf(() => session.explainRow({ row: 7, suggestedLabel: data.labels[7] }))).toBe(1);
  });

  it('measures each estimate of a set once, whatever is asked of it, and gives the same numbers', () => {
    const session = open();
    const alone = (['if', 'rif', 'newton'] as const).map((method) =>
      open().estimateRemovalEffect({ rows: set, method, trust: false }),
    );
    // The trust report of the first compares IF and RIF.
    const passes = (['if', 'rif', 'newton'] as const).map((method, k) =>
      passesOf(() => {
        const effect = session.estimateRemovalEffect({ rows: set, method });
        expect(effect.validation).toEqual(alone[k].validation);
        expect(effect.trust?.set?.effects?.if).toBe(alone[0].validation?.lossChange);
        expect(effect.trust?.set?.effects?.rif).toBe(alone[1].validation?.lossChange);
      }),
    );
    // The Newton step of a small head measures its residual through X.
    expect(passes[0]).toBeLessThanOrEqual(3);
    expect(passes[1]).toBe(0);
    expect(passes[2]).toBeLessThanOrEqual(2);
    expect(passesOf(() => session.estimateRemovalEffect({ rows: set, method: 'newton' }))).toBe(0);
  });
});
