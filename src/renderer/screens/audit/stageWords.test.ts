import { describe, expect, it } from 'vitest';
import { describeStage } from './stageWords';

const stage = { name: 'Leverage', state: 'running', done: 2410, total: 3563, detail: '', seconds: 1 } as const;

describe('describeStage', () => {
  it('counts while it runs, and says the detail', () => {
    expect(describeStage(stage)).toBe('2,410 of 3,563');
    expect(describeStage({ ...stage, detail: 'rows' })).toBe('2,410 of 3,563 · rows');
    expect(describeStage({ ...stage, total: 1, done: 0 })).toBe('running');
  });

  it('does not count before or after', () => {
    expect(describeStage({ ...stage, state: 'waiting', detail: 'x' })).toBe('waiting');
    expect(describeStage({ ...stage, state: 'done', detail: 'best 1e-3' })).toBe('best 1e-3');
    expect(describeStage({ ...stage, state: 'done' })).toBe('done');
  });
});
