import { describe, expect, it } from 'vitest';
import { describeStage, titleStage } from './stageWords';

const stage = { name: 'neighbours', state: 'running', done: 2410, total: 3563, detail: '', seconds: 1 } as const;

describe('stages in words', () => {
  it('names them for people', () => {
    expect(titleStage('fit')).toBe('Fit the head');
    expect(titleStage('something new')).toBe('Something new');
  });

  it('counts rows where rows are counted, else says the share', () => {
    expect(describeStage(stage)).toBe('2,410 of 3,563 rows');
    expect(describeStage({ ...stage, name: 'fit', done: 680, total: 1000, detail: 'λ 1e-3' })).toBe('68 % · λ 1e-3');
    expect(describeStage({ ...stage, total: 1, done: 0 })).toBe('running');
  });

  it('does not count before or after', () => {
    expect(describeStage({ ...stage, state: 'waiting', detail: 'x' })).toBe('waiting');
    expect(describeStage({ ...stage, state: 'done', detail: 'exact' })).toBe('exact');
    expect(describeStage({ ...stage, state: 'done' })).toBe('done');
  });
});
