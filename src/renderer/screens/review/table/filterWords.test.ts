import { describe, expect, it } from 'vitest';
import { describeFilter } from './filterWords';

describe('describeFilter', () => {
  it('names values and bounds', () => {
    expect(describeFilter({ kind: 'in', column: 'given_label', values: ['3', ''] })).toBe('given: 3, (none)');
    expect(describeFilter({ kind: 'range', column: 'loss', min: 1.5, max: null })).toBe('loss ≥ 1.5');
    expect(describeFilter({ kind: 'range', column: 'val_loss_rif', min: null, max: -0.001 })).toBe(
      'val. loss, RIF ≤ −0.001',
    );
    expect(describeFilter({ kind: 'range', column: 'leverage', min: 0.2, max: 0.9 })).toBe('0.2 ≤ leverage ≤ 0.9');
  });
});
