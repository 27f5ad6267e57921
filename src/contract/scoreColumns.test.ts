import { describe, expect, it } from 'vitest';
import { auditFeatures } from '../core/audit/auditFeatures';
import { splitCodes } from '../core/base/splitCodes';
import { createExactNeighbourSearch } from '../core/ranking/neighbours/exactNeighbours';
import { createTestContext, syntheticRows } from '../core/testing/testData';
import { scoreColumns, scoreColumnsOf } from './scoreColumns';

describe('scoreColumns', () => {
  const { labels: truth, ...data } = syntheticRows({ rows: 400, features: 6, classes: 3, seed: 5, signal: 3 });
  const isWrong = (row: number): boolean => row % 10 === 0;
  const isTraining = (row: number): boolean => row % 4 !== 1;
  const { columns } = auditFeatures(
    {
      ...data,
      labels: truth.map((label, row) => (isWrong(row) ? (label + 1) % data.classes : label)),
      split: Uint8Array.from(truth, (_, row) => (isTraining(row) ? splitCodes.train : splitCodes.validation)),
      unpenalised: [data.features.columns - 1],
      l2: 'auto',
      neighbours: createExactNeighbourSearch(),
    },
    createTestContext(),
  );

  const valuesOf = (field: string): Float64Array => {
    const found = Object.entries(columns).find(([name]) => name === field)?.[1];
    return Float64Array.from(found ?? []);
  };

  it('lists every score of an audit once, by names that are the same but for the case', () => {
    const others = ['rank', 'suggestedLabel', 'reasons', 'suspicion', 'suspicionLogOdds', 'nearestDistance'];
    expect([...others, ...scoreColumnsOf({ labels: 'classes', issues: [] }).map(({ field }) => field)].sort()).toEqual(
      Object.keys(columns).sort(),
    );
    for (const { name, field } of scoreColumns) {
      expect(name).toBe(field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
    }
  });

  // Leverage depends on where a row lies, not on its label.
  it.each(scoreColumnsOf({ labels: 'classes', issues: [] }).filter(({ name }) => name !== 'leverage'))(
    'puts the values of $name first that speak against a row',
    ({ field, first }) => {
      const mean = (wrong: boolean): number => {
        const values = valuesOf(field).filter((_, row) => isTraining(row) && isWrong(row) === wrong);
        return values.reduce((sum, value) => sum + value, 0) / values.length;
      };
      expect(mean(true) > mean(false) ? 'large' : 'small').toBe(first);
    },
  );
});
