import { describe, expect, it } from 'vitest';
import type { RemovalEffects } from '../../../contract/review';
import { makeTestRow } from '../../stores/review/testReviewRows';
import {
  decimalsToTell,
  describeChangedRows,
  describeEffect,
  describeEffects,
  describeGivenEffects,
  describeLeverage,
  describeStanding,
  describeVerdict,
  formatChangePercent,
  formatEffect,
  formatSuspicion,
  formatWeight,
} from './wording';

describe('effects in words', () => {
  it.each([
    [-0.0031, '−0.0031'],
    [47719.5986, '+47,720'],
    [-421.6492, '−421.6'],
    [0.0012, '+0.0012'],
    [0, '0'],
    [-0.0000031, '−3.1e−6'],
    [0.00094, '+9.4e−4'],
    [12.5, '+12.5000'],
  ])('%d is %s', (effect, text) => expect(formatEffect(effect)).toBe(text));

  it.each([
    [0.8449, '+0.84'],
    [-0.1, '−0.10'],
    [0.0031, '+0.0031'],
    [-1203.4, '−1,203'],
    [0, '0'],
  ])('a word that adds %d adds %s', (weight, text) => expect(formatWeight(weight)).toBe(text));

  it('names the direction', () => {
    expect(describeEffect(-0.0031)).toBe('removing this row lowers validation loss by 0.0031');
    expect(describeEffect(0.002)).toBe('removing this row raises validation loss by 0.0020');
    expect(describeEffect(null)).toContain('no influence');
  });

  it('never rounds suspicion up to certainty', () => {
    expect(formatSuspicion(0.9999)).toBe('> 0.99');
    expect(formatSuspicion(0.984)).toBe('0.98');
    expect(formatSuspicion(1)).toBe('1.00');
    expect(formatSuspicion(0)).toBe('0.00');
  });

  it('says where a row stands from the harmful or the helpful end', () => {
    expect(describeStanding(-1, 0.004)).toBe('among the 0.4 % most harmful');
    expect(describeStanding(-1, 0)).toBe('among the 0.1 % most harmful');
    expect(describeStanding(-1, 0.013)).toBe('among the 2 % most harmful');
    expect(describeStanding(1, 0.98)).toBe('among the 2 % most helpful');
    expect(describeStanding(-1, 0.6)).toBe('');
    expect(describeStanding(1, null)).toBe('');
  });

  it('builds the verdict of the card', () => {
    const row = makeTestRow(1, { valLossRif: -0.0031, givenLabel: '8', suggestedLabel: '3' });
    expect(describeVerdict(row, null)).toEqual({
      tone: 'harmful',
      verb: 'lowers',
      size: '0.0031',
      standing: '',
      relabel: '',
      given: '',
    });
    expect(describeVerdict(makeTestRow(1, { valLossRif: null }), null)).toBeNull();
  });

  it('says what the labels as given make of the row, and where they say the opposite', () => {
    const row = makeTestRow(1, { valLossRif: -0.0031 });
    const given = (givenEffect: number | null, labelsDisagree = false) =>
      describeVerdict(row, { harmShare: null, relabelEffect: null, givenEffect, labelsDisagree })?.given;
    expect(given(null)).toBe('');
    expect(given(0)).toBe('As given it does not change.');
    expect(given(-0.0021)).toBe('As given it falls by 0.0021.');
    expect(given(0.0012)).toBe('As given it rises by 0.0012.');
    expect(given(0.0012, true)).toBe('As given it rises by 0.0012: probably some validation labels are wrong.');
  });

  it('judges leverage against the largest it can be', () => {
    expect(describeLeverage(0.31, 10)).toBe('low');
    expect(describeLeverage(0.31, 2)).toBe('moderate');
    expect(describeLeverage(0.9, 2)).toContain('high');
  });
});

describe('effects of a selection in words', () => {
  const effects: RemovalEffects = {
    trainRows: 3,
    otherRows: 0,
    before: { loss: 0.1824, accuracy: 0.942 },
    newton: { loss: 0.1741, accuracy: 0.947, becameRight: 2, becameWrong: 0 },
    rif: { loss: 0.17422, accuracy: 0.947, becameRight: 2, becameWrong: 0 },
    if: { loss: 0.1773, accuracy: 0.945, becameRight: 1, becameWrong: 0 },
    note: '',
    validationLabels: 'given',
    given: null,
    labelsDisagree: false,
  };

  it('gives the Newton step first and the others beside it', () => {
    expect(describeEffects(effects)).toEqual({
      loss: '0.1824 → 0.1741',
      change: '▼ 4.6 % by Newton step · RIF 4.5 · IF 2.8',
      direction: 'down',
      accuracy: '94.2 % → 94.7 %',
      rows: '2 rows change, both better',
      rowsDirection: 'up',
    });
  });

  it('marks a method that points the other way, and falls back to RIF', () => {
    const other = describeEffects({
      ...effects,
      newton: null,
      if: { loss: 0.19, accuracy: 0.9, becameRight: 0, becameWrong: 1 },
    });
    expect(other?.change).toBe('▼ 4.5 % by RIF · IF ▲ 4.2');
  });

  it('puts the labels as given beside, and says where they disagree', () => {
    const weighted: RemovalEffects = {
      ...effects,
      validationLabels: 'weighted',
      labelsDisagree: true,
      given: {
        before: { loss: 0.2411, accuracy: 0.85 },
        newton: { loss: 0.243, accuracy: 0.848, becameRight: 1, becameWrong: 2 },
        rif: null,
        if: null,
      },
    };
    expect(describeGivenEffects(weighted)).toEqual({
      loss: 'as given 0.2411 → 0.2430',
      accuracy: 'as given 85.0 % → 84.8 %',
      disagreement: 'By the labels as given it rises: probably some validation labels are wrong.',
    });
    expect(describeGivenEffects({ ...weighted, labelsDisagree: false })?.disagreement).toBe('');
    expect(describeGivenEffects(effects)).toBeNull();
    // Where every label is believed the two are one.
    const { before, newton, rif } = effects;
    expect(describeGivenEffects({ ...weighted, given: { before, newton, rif, if: null } })).toBeNull();
  });

  it('says nothing without a validation split', () => {
    expect(describeEffects({ ...effects, before: null })).toBeNull();
    expect(describeEffects({ ...effects, newton: null, rif: null, if: null })).toBeNull();
  });

  it('shows enough decimals to tell before from after', () => {
    expect(decimalsToTell(0.1824, 0.1741)).toBe(4);
    expect(decimalsToTell(0.1824, 0.18239996)).toBe(9);
    expect(decimalsToTell(0.1824, 0.182403)).toBe(7);
    expect(decimalsToTell(3_270_115.6639, 3_322_135.5489)).toBe(0);
    expect(decimalsToTell(862.86, 862.86)).toBe(2);
    expect(decimalsToTell(862.86, 862.85996)).toBe(6);
    expect(formatChangePercent(0.2, 0.199_938)).toBe('0.031');
    expect(formatChangePercent(0.2, 0.2)).toBe('0');
    expect(formatChangePercent(0.2, 0.6)).toBe('200');
  });

  it('counts the predictions that change', () => {
    expect(describeChangedRows(0, 0)).toBe('no prediction changes');
    expect(describeChangedRows(0, 1)).toBe('1 row changes, for the worse');
    expect(describeChangedRows(3, 2)).toBe('5 rows change: 3 better, 2 worse');
    expect(describeChangedRows(3, 0)).toBe('3 rows change, all better');
  });
});
