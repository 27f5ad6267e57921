import { describe, expect, it } from 'vitest';
import { splitCodes } from '../base/splitCodes';
import { createExactNeighbourSearch } from '../ranking/neighbours/exactNeighbours';
import { createTestContext, syntheticRows } from '../testing/testData';
import { auditFeatures } from './auditFeatures';
import type { AuditInput } from './auditTypes';

describe('the audit of a head too large for its Hessian', () => {
  const data = syntheticRows({ rows: 420, features: 92, classes: 90, seed: 3, signal: 0.5 });
  const input: AuditInput = {
    ...data,
    split: Uint8Array.from({ length: 420 }, (_, i) => (i % 6 === 0 ? splitCodes.validation : splitCodes.train)),
    unpenalised: [91],
    l2: 0.02,
    neighbours: createExactNeighbourSearch(),
    options: { experts: ['head'] },
  };
  const context = createTestContext();
  const result = auditFeatures(input, context);

  it('estimates leverages, and states how far they are off', () => {
    const { rescaling } = result.head;
    expect(result.head.theta).toHaveLength(8280);
    expect(rescaling.method).toBe('ekfac');
    expect(rescaling.solver).toMatch(/conjugate gradients to a residual of 1e-8/);
    expect(rescaling.error?.rows).toBe(32);
    expect(rescaling.error?.median).toBeLessThan(0.2);
    expect(result.warnings.join(' ')).toMatch(/too large for exact leverages \(8280 parameters\).* % in the median/);
    expect(result.head.relativeGradientNorm).toBeLessThan(1e-8);
    expect(result.head.iterations).toBeGreaterThan(5);
  });

  it('fills the same cells as small heads do', () => {
    const { columns } = result;
    for (let i = 0; i < 420; i++) {
      const trained = i % 6 !== 0;
      for (const values of [columns.leverage, columns.looLoss, columns.valLossIf, columns.valLossRif]) {
        expect(Number.isFinite(values[i])).toBe(trained);
      }
    }
    // Leave-one-out losses are worse than fitted ones, and the fit is on the rows it is judged on.
    expect(result.leaveOneOut.meanLoss).toBeGreaterThan(result.train.meanLoss);
    expect(result.effectiveDof).toBeGreaterThan(50);
    // A leverage is a trace: at most one for each direction of the outputs, all together fewer than parameters.
    expect(result.effectiveDof).toBeLessThan(8280);
  });

  it('reports what it does, and never goes back', () => {
    const own = context.reports.filter(({ stage }) => stage === 'influence');
    const details = new Set(own.map(({ detail }) => detail));
    for (const name of ['Kronecker factors', 'error of the leverages', 'leverage']) expect(details).toContain(name);
    own.forEach(({ done }, at) => expect(done).toBeGreaterThanOrEqual(at === 0 ? 0 : own[at - 1].done));
  });
});
