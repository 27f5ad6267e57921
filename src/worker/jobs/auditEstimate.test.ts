import { describe, expect, it } from 'vitest';
import { auditSettingsSchema } from '../../contract/audit';
import { auditStages } from '../../core/base/jobContext';
import { planStages } from './auditEstimate';

const settings = auditSettingsSchema.parse({});
const total = (rows: number, features: number, classes: number, options = settings): number =>
  planStages({ rows, features, classes }, options, 'native').reduce((sum, stage) => sum + stage.expectedSeconds, 0);

describe('planStages', () => {
  it('plans every stage of an audit in order', () => {
    const stages = planStages({ rows: 1_000, features: 10, classes: 2 }, settings, 'native');
    expect(stages.map(({ name }) => name)).toEqual(auditStages);
  });

  it('expects more of more rows, features and classes, and less where parts are left out', () => {
    const base = total(100_000, 30, 5);
    expect(total(200_000, 30, 5)).toBeGreaterThan(base);
    expect(total(100_000, 60, 5)).toBeGreaterThan(base);
    expect(total(100_000, 30, 10)).toBeGreaterThan(base);
    expect(total(100_000, 30, 5, { ...settings, useNeighbours: false, l2: 1e-3 })).toBeLessThan(base);
  });

  it('is of the size measured: 200,000 × 31, 5 classes took 96 s on two cores', () => {
    expect(total(200_000, 31, 5)).toBeGreaterThan(96 / 2);
    expect(total(200_000, 31, 5)).toBeLessThan(96 * 2);
  });
});
