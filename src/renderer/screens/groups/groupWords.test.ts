import { describe, expect, it } from 'vitest';
import type { GroupComparison, GroupFacts } from '../../../contract/groups';
import { groupComparisonSchema } from '../../../contract/groups';
import { describeGroup, nameGroup, noiseOf, recommend, suspectRate } from './groupWords';

const group = (value: string, suspects: number, loss: Partial<GroupFacts['loss']>): GroupFacts => ({
  value,
  rows: 1000,
  suspects,
  suspectRows: [],
  pairs: [],
  loss: { if: 0, rif: 0, newton: null, retrained: null, ...loss },
  lossGiven: null,
  accuracy: null,
  trust: [],
});

const comparison: GroupComparison = groupComparisonSchema.parse({
  id: 'job-1',
  startedAt: '2026-01-01T00:00:00Z',
  seconds: 1,
  auditStartedAt: '2026-01-01T00:00:00Z',
  column: 'annotator',
  threshold: 0.5,
  validationLabels: 'weighted',
  validationLoss: 0.312,
  validationAccuracy: 0.9,
  emptyGroups: 0,
  groups: [
    group('a4', 148, { rif: -0.0094, newton: -0.0131, retrained: -0.0129 }),
    group('a6', 30, { rif: -0.0011, newton: 0.00001, retrained: 0.00002 }),
    group('a1', 21, { rif: 0.0062, newton: 0.0081, retrained: 0.0083 }),
  ],
});
const [a4, a6, a1] = comparison.groups;

describe('words of groups', () => {
  const noise = noiseOf(comparison);

  it('says what leaving a group out shows, and where the sum misleads', () => {
    expect(describeGroup(a4, noise)).toEqual({ tone: 'bad', text: '▼ harms: without it loss falls' });
    expect(describeGroup(a6, noise)).toEqual({ tone: 'care', text: '! hardly any effect; the sum misleads' });
    expect(describeGroup(a1, noise)).toEqual({ tone: 'good', text: '▲ helps: without it loss rises' });
    const understated = { loss: { ...a4.loss, rif: -0.002 } };
    expect(describeGroup(understated, noise).text).toBe('▼ harms: without it loss falls; the sum understates it');
    const otherwise = { loss: { ...a1.loss, rif: -0.004 } };
    expect(describeGroup(otherwise, noise).text).toMatch(/helps.*; the sum says otherwise$/);
  });

  it('recommends the group whose labels stand out', () => {
    expect(recommend(comparison)).toMatchObject({
      group: a4,
      title: 'Review a4 first: 14.8 % of its labels look wrong, 6.6 % of all.',
      text: 'Leaving it out lowers the validation loss by 0.0129, measured.',
    });
    const even = comparison.groups.map((one) => ({ ...one, suspects: 20 }));
    expect(recommend({ ...comparison, groups: even })?.title).toBe('Look at a4: it harms the model.');
    const harmless = even.map((one) => ({ ...one, loss: a1.loss }));
    expect(recommend({ ...comparison, groups: harmless })).toBeNull();
  });

  it('has an interval for every rate, and a name for nothing', () => {
    const rate = suspectRate(a4);
    expect(rate?.value).toBe(0.148);
    expect(rate?.low).toBeCloseTo(0.1273, 3);
    expect(rate?.high).toBeCloseTo(0.1714, 3);
    expect(suspectRate({ ...a4, suspects: null })).toBeNull();
    expect([nameGroup(''), nameGroup('x')]).toEqual(['(nothing)', 'x']);
  });
});
