import { describe, expect, it } from 'vitest';
import { auditSettingsSchema } from '../../../contract/audit';
import type { DatasetSummary } from '../../../contract/dataset';
import {
  describeExperts,
  describeFeatures,
  describeHead,
  describeIssues,
  describeL2,
  describePictures,
  describeScaling,
  describeTakenLabels,
  describeTexts,
  describeValidation,
  findValidationSource,
  mediaOf,
  parsePositive,
} from './settingWords';

const settings = auditSettingsSchema.parse({});

describe('audit settings in words', () => {
  it('says which rows validate', () => {
    expect(describeValidation(settings, 'none')).toBe('20 %, stratified, seed 7');
    expect(describeValidation(settings, 'column')).toBe('by the split column');
    expect(describeValidation({ ...settings, validation: 'stratified' }, 'column')).toBe('20 %, stratified, seed 7');
    expect(describeValidation(settings, 'file')).toBe('by the validation file');
    expect(describeValidation({ ...settings, validation: 'column' }, 'file')).toBe('by the split column');
    expect(describeValidation({ ...settings, validation: 'stratified' }, 'file')).toBe('20 %, stratified, seed 7');
    expect(describeValidation({ ...settings, validation: 'none' }, 'column')).toBe('none');
  });

  it('takes a validation file before a split column, as an audit does', () => {
    const split = { name: 'part', role: 'split' } as unknown as DatasetSummary['columns'][number];
    expect(findValidationSource({ validationFile: null, columns: [] })).toBe('none');
    expect(findValidationSource({ validationFile: null, columns: [split] })).toBe('column');
    expect(findValidationSource({ validationFile: 'held-out.csv', columns: [split] })).toBe('file');
  });

  it('says how validation labels are taken', () => {
    expect(describeTakenLabels({ ...settings, validationLabels: 'weighted' })).toBe('label errors discounted');
    expect(describeTakenLabels({ ...settings, validationLabels: 'given' })).toBe('by the labels as given');
    expect(describeTakenLabels({ ...settings, validationClean: true })).toBe('clean: taken at their word');
    expect(describeTakenLabels({ ...settings, validation: 'none' })).toBe('none');
  });

  it('says head and λ', () => {
    expect(describeHead(settings)).toBe('by the values of the label');
    expect(describeL2(settings)).toBe('by leave-one-out');
    expect(describeL2({ ...settings, l2: 0.001 })).toBe('1e−3');
  });

  it('says what texts become', () => {
    expect(describeTexts(settings)).toBe('by their words');
    expect(describeTexts({ ...settings, text: 'encoder' })).toBe('by the encoder');
    expect(describeTexts({ ...settings, text: 'both' })).toBe('by their words and by the encoder');
  });

  it('says what is looked for in pictures and texts', () => {
    const media = mediaOf({ hasPictures: true, hasTexts: false });
    expect(media).toEqual(['pictures']);
    expect(describeIssues(settings, media)).toBe('all looked for');
    expect(describeIssues({ ...settings, issues: ['dark', 'empty'] }, media)).toBe('1 of 9 looked for');
    expect(describeIssues({ ...settings, issues: [] }, media)).toBe('not looked for');
  });

  it('says what pictures become', () => {
    expect(describePictures(settings)).toBe('by pixels, and the encoder where there is one');
    expect(describePictures({ ...settings, pictures: 'encoder' })).toBe('by the encoder');
    expect(describePictures({ ...settings, pictures: 'pixels' })).toBe('by their pixels and colours');
    expect(describePictures({ ...settings, pictures: 'both' })).toBe('by the encoder and by their pixels and colours');
  });

  it('says how numbers are scaled', () => {
    expect(describeScaling(settings)).toBe('centred and scaled');
    expect(describeScaling({ ...settings, scale: 'columns' })).toBe('centred and scaled, each column alone');
    expect(describeScaling({ ...settings, scale: 'blocks' })).toBe('centred and scaled, numbered columns together');
    expect(describeScaling({ ...settings, scale: 'blocks', standardize: false })).toBe('as they are');
  });

  it('says who judges, neighbours once', () => {
    expect(describeExperts(settings)).toBe('by the number of features');
    const experts = ['head', 'neighbours10', 'neighbours30', 'trees'] as const;
    expect(describeExperts({ ...settings, experts: [...experts] })).toBe('head, neighbours, randomised trees');
    expect(describeExperts({ ...settings, experts: ['head', 'discriminant'] })).toBe('head, discriminant');
  });

  it('does not count the intercept as a feature', () => {
    expect(describeFeatures(2, true)).toBe('2 features and an intercept');
    expect(describeFeatures(1, true)).toBe('1 feature and an intercept');
    expect(describeFeatures(1_200, false)).toBe('1,200 features');
  });
});

describe('parsePositive', () => {
  it.each([
    ['1e-3', 0.001],
    ['0,001', 0.001],
    ['10^-3', 0.001],
    ['1e−3', 0.001],
    [' 2 ', 2],
    ['.5', 0.5],
  ])('reads %s', (text, value) => {
    expect(parsePositive(text)).toBe(value);
  });

  it.each(['', 'abc', '0', '-1', '1e999', '1 2', '0x10', 'Infinity'])('refuses “%s”', (text) => {
    expect(parsePositive(text)).toBeNull();
  });
});
