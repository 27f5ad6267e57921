import { describe, expect, it } from 'vitest';
import { expertNames } from '../core/ranking/suspicion/expertNames';
import { describeRounds, expertsOf, forestObstacle, settingFor } from './experts';

describe('expertsOf', () => {
  it('asks all of them of a table, and no forest of more features, unless they are named', () => {
    const table = expertNames.filter((name) => name !== 'predictions' && name !== 'discriminant');
    expect(expertsOf({ experts: 'auto' }, { features: 200, predictions: false })).toEqual(table);
    expect(expertsOf({ experts: 'auto' }, { features: 200, predictions: true })).toEqual([...table, 'predictions']);
    const wide = ['head', 'discriminant', 'neighbours10', 'neighbours30'];
    expect(expertsOf({ experts: 'auto' }, { features: 201, predictions: false })).toEqual(wide);
    expect(expertsOf({ experts: 'auto' }, { features: 201, predictions: true })).toEqual([...wide, 'predictions']);
    expect(expertsOf({ experts: ['trees', 'head'] }, { features: 500, predictions: true })).toEqual(['head', 'trees']);
  });

  it('is undone by settingFor', () => {
    for (const features of [10, 300]) {
      for (const predictions of [false, true]) {
        const judged = { features, predictions };
        expect(settingFor(expertsOf({ experts: 'auto' }, judged), judged)).toBe('auto');
        expect(settingFor(['trees', 'head'], judged)).toEqual(['head', 'trees']);
        expect(settingFor([], judged)).toEqual([]);
      }
    }
  });
});

describe('forestObstacle', () => {
  it('names the rule, and by how much it is broken', () => {
    expect(forestObstacle(200)).toBe('');
    expect(forestObstacle(1024)).toBe('for tables of at most 200 features; these are 1,024');
    expect(forestObstacle(Number.POSITIVE_INFINITY)).toBe('for tables of at most 200 features');
  });
});

describe('describeRounds', () => {
  it('tells how many rows were set aside, or why there was one round', () => {
    const wanted = { rounds: 2 } as const;
    expect(describeRounds({ rounds: 2, rowsSetAside: 232, settings: wanted })).toMatch(/^two: 232 rows did not take/);
    expect(describeRounds({ rounds: 2, rowsSetAside: 1, settings: wanted })).toMatch(/^two: 1 row did/);
    expect(describeRounds({ rounds: 1, rowsSetAside: 0, settings: wanted })).toMatch(/^one: no row/);
    expect(describeRounds({ rounds: 1, settings: { rounds: 1 } })).toBe('one');
    // An audit of an earlier version.
    expect(describeRounds({ settings: wanted })).toBe('one');
  });
});
