import { describe, expect, it } from 'vitest';
import { CancelledError } from '../base/errors';
import { createTestContext } from '../testing/testData';
import { StageProgress } from './stageProgress';

function begin(stage = 'fit') {
  const context = createTestContext();
  const progress = new StageProgress(stage, context);
  return { context, progress, last: () => context.reports[context.reports.length - 1] };
}

describe('StageProgress', () => {
  it('begins at nothing and ends in full, under the name of its stage', () => {
    const { context, progress } = begin('effects');
    progress.finish();
    expect(context.reports).toEqual([
      { stage: 'effects', done: 0, total: 1000 },
      { stage: 'effects', done: 1000, total: 1000 },
    ]);
  });

  it('says from its beginning what is done first', () => {
    const context = createTestContext();
    new StageProgress('verifying', context, 'measurements').onShare(0.5);
    expect(context.reports.map(({ done, detail }) => [done, detail])).toEqual([
      [0, 'measurements'],
      [500, 'measurements'],
    ]);
  });

  it('approaches the end of a part by passes, more of them than expected too, and never reaches it', () => {
    const { progress, last } = begin();
    progress.begin(0.2, 0.6, 'Hessian', 3);
    let before = last().done;
    expect(before).toBe(200);
    for (let pass = 0; pass < 12; pass++) {
      for (const done of [50, 100]) {
        progress.onBlock(done, 100);
        expect(last().done).toBeGreaterThan(before);
        before = last().done;
      }
    }
    expect(before).toBeLessThan(600);
    expect(last().detail).toBe('Hessian');
    progress.onBlock(0, 0); // rows there are none of
    expect(last().done).toBeLessThanOrEqual(600);
  });

  it('fills more of a part with the first pass where fewer are expected', () => {
    const shown = [1, 2, 50].map((expected) => {
      const { progress, last } = begin();
      progress.begin(0, 1, '', expected);
      progress.onBlock(1, 1);
      return last().done;
    });
    expect(shown).toEqual([625, 444, 29]);
  });

  it('divides a part by what its own parts take', () => {
    const { progress, last } = begin();
    progress.begin(0.2, 0.6, 'head', 3);
    progress.divide(0, 0.25, 1);
    progress.onBlock(1, 1);
    expect(last()).toMatchObject({ done: 263, detail: 'head' });
    progress.divide(0.25, 1, 1);
    expect(last().done).toBe(300);
    progress.onShare(1);
    expect(last().done).toBe(600);
    progress.divide(0.5, 1);
    expect(last().done).toBe(600);
  });

  it('shows the shares of a part that are known, with their details', () => {
    const { progress, last } = begin();
    progress.begin(0.5, 0.9, 'sets');
    progress.onShare(0.25);
    expect(last()).toMatchObject({ done: 600, detail: 'sets' });
    progress.onShare(1, 'set 3');
    expect(last()).toMatchObject({ done: 900, detail: 'set 3' });
    progress.onShare(1, '');
    expect(last()).not.toHaveProperty('detail');
  });

  it('never goes back, whatever is begun again', () => {
    const { context, progress, last } = begin();
    progress.begin(0.3, 1, 'retraining 1');
    progress.onShare(0.8);
    progress.begin(0.3, 1, 'retraining 2');
    progress.onBlock(1, 10);
    progress.onShare(0.1);
    expect(last()).toEqual({ stage: 'fit', done: 860, total: 1000, detail: 'retraining 2' });
    progress.onShare(0.9);
    expect(last().done).toBe(930);
    const done = context.reports.map((report) => report.done);
    expect(done).toEqual([...done].sort((a, b) => a - b));
  });

  it('says what is done within a part', () => {
    const { progress, last } = begin();
    progress.begin(0.2, 1, 'choosing rows');
    progress.say('retraining 1');
    expect(last()).toMatchObject({ done: 200, detail: 'retraining 1' });
  });

  it('looks at the signal in every call, before it reports', () => {
    const calls: ((progress: StageProgress) => void)[] = [
      (progress) => progress.begin(0, 1),
      (progress) => progress.onBlock(1, 2),
      (progress) => progress.onShare(0.5),
      (progress) => progress.say('retraining'),
      (progress) => progress.finish(),
    ];
    for (const call of calls) {
      const context = createTestContext({ cancelAfter: 2 });
      const progress = new StageProgress('fit', context);
      expect(() => call(progress)).toThrow(CancelledError);
      expect(context.reports).toHaveLength(1);
    }
    expect(() => new StageProgress('fit', createTestContext({ cancelAfter: 1 }))).toThrow(CancelledError);
  });
});
