import { describe, expect, it } from 'vitest';
import type { VerifiedMeasurement } from '../../../contract/verify';
import {
  describeAgreement,
  describePrediction,
  describeRandom,
  describeRank,
  describeRelative,
  explainMeasurement,
  formatChange,
  titleMeasurement,
} from './verificationWords';

const agreement = { pairs: 20, pearson: 0.998, spearman: 0.99, slope: 0.97, medianRelativeError: 0.04 };
const measured: VerifiedMeasurement = {
  name: 'validation_loss',
  before: 0.5,
  predicted: { if: -0.01, rif: -0.02, newton: -0.021 },
  actual: -0.02,
  random: [{ predicted: { if: 0, rif: 0, newton: 0 }, actual: 0 }],
  randomMean: 0.0002,
  randomDeviation: 0.0013,
  rank: 1,
  percentile: 0,
  agreement: { if: agreement, rif: agreement, newton: agreement },
};

describe('measurements of a verification in words', () => {
  it('names a measurement by how labels are taken', () => {
    expect(titleMeasurement('validation_loss', 'weighted')).toBe('validation loss, label errors discounted');
    expect(titleMeasurement('validation_loss_given', 'weighted')).toBe('validation loss, by the labels as given');
    expect(titleMeasurement('validation_accuracy', 'given')).toBe('validation accuracy');
    expect(titleMeasurement('training_loss', 'weighted')).toBe('training loss');
    expect(titleMeasurement('margin_1312', 'weighted')).toBe('margin of row 1,312');
  });

  it('signs every change, accuracies in points of per cent', () => {
    expect(formatChange('validation_loss', -0.0171)).toBe('−0.0171');
    expect(formatChange('validation_accuracy', 0.0061)).toBe('+0.6 pp');
    expect(formatChange('validation_accuracy_given', -0.0002)).toBe('−0.02 pp');
    expect(formatChange('validation_accuracy', 0)).toBe('0');
    expect(formatChange('validation_loss', null)).toBe('–');
  });

  it('says which direction is good', () => {
    expect(explainMeasurement('validation_loss')).toContain('raises it: the rows help');
    expect(explainMeasurement('validation_accuracy_given')).toContain('raises it: removing the rows helps');
    expect(explainMeasurement('margin_3')).toContain('surer');
  });

  it('puts the change beside random removals', () => {
    expect(describeRelative(measured)).toBe('▼ 4.0 %');
    expect(describeRelative({ ...measured, name: 'validation_accuracy' })).toBe('');
    expect(describeRelative({ ...measured, name: 'margin_3' })).toBe('');
    expect(describeRandom(measured)).toBe('+2.0e−4 ± 0.0013');
    expect(describeRandom({ ...measured, randomMean: null })).toBe('–');
    expect(describeRank({ ...measured, rank: 1.5 })).toBe('1.5 of 2');
    expect(describeRank({ ...measured, random: [] })).toBe('–');
    expect(describeAgreement(agreement)).toBe('slope 0.97, r 0.998, median error 4.0 %');
    expect(describeAgreement({ ...agreement, pairs: 0 })).toBe('');
    expect(describeAgreement({ ...agreement, slope: null, pearson: null })).toBe('median error 4.0 %');
  });
});

describe('describePrediction', () => {
  const effect = (loss: number) => ({ loss, accuracy: 0.798, becameRight: 6, becameWrong: 2 });
  const effects = {
    before: { loss: 0.4721, accuracy: 0.789 },
    if: effect(0.46),
    rif: effect(0.4553),
    newton: effect(0.4548),
    trainRows: 96,
    otherRows: 0,
    validationLabels: 'given' as const,
    given: null,
    labelsDisagree: false,
    note: '',
  };

  it('gives the best method the large figure, and the change by each', () => {
    expect(describePrediction(effects)).toMatchObject({
      before: '0.4721',
      after: '0.4548',
      relative: '▼ 3.7 %',
      direction: 'down',
      accuracyAfter: '79.8 %',
    });
    expect(describePrediction(effects)?.changes.map(({ name, change }) => `${name} ${change}`)).toEqual([
      'Newton step −0.0173',
      'RIF −0.0168',
      'IF −0.0121',
    ]);
    expect(describePrediction({ ...effects, newton: null })?.after).toBe('0.4553');
  });

  it('says nothing where no method can', () => {
    expect(describePrediction({ ...effects, before: null })).toBeNull();
    expect(describePrediction({ ...effects, if: null, rif: null, newton: null })).toBeNull();
  });
});
