import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LatestRunner } from './latestRunner';

function harness() {
  const started: number[] = [];
  const answers: string[] = [];
  const errors: unknown[] = [];
  const finish = new Map<number, { resolve: (text: string) => void; reject: (error: unknown) => void }>();
  const runner = new LatestRunner<number, string>({
    quiet: 60,
    run: (wish) => {
      started.push(wish);
      return new Promise((resolve, reject) => finish.set(wish, { resolve, reject }));
    },
    onAnswer: (answer) => answers.push(answer),
    onError: (error) => errors.push(error),
  });
  return { runner, started, answers, errors, finish };
}

describe('LatestRunner', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('waits for quiet and runs the latest wish only', async () => {
    const { runner, started, answers, finish } = harness();
    for (const wish of [1, 2, 3]) {
      runner.wish(wish);
      await vi.advanceTimersByTimeAsync(50);
    }
    expect(started).toEqual([]);
    await vi.advanceTimersByTimeAsync(10);
    expect(started).toEqual([3]);
    finish.get(3)?.resolve('three');
    await vi.advanceTimersByTimeAsync(0);
    expect(answers).toEqual(['three']);
  });

  it('drops an answer that was overtaken, and runs one at a time', async () => {
    const { runner, started, answers, finish } = harness();
    runner.wish(1);
    await vi.advanceTimersByTimeAsync(60);
    runner.wish(2);
    await vi.advanceTimersByTimeAsync(60);
    expect(started).toEqual([1]);
    finish.get(1)?.resolve('one');
    await vi.advanceTimersByTimeAsync(0);
    expect(answers).toEqual([]);
    expect(started).toEqual([1, 2]);
    finish.get(2)?.resolve('two');
    await vi.advanceTimersByTimeAsync(0);
    expect(answers).toEqual(['two']);
  });

  it('runs a wish that came while the last answer was on its way and quiet had not passed', async () => {
    const { runner, started, finish } = harness();
    runner.wish(1);
    await vi.advanceTimersByTimeAsync(60);
    runner.wish(2);
    finish.get(1)?.resolve('one');
    await vi.advanceTimersByTimeAsync(60);
    expect(started).toEqual([1, 2]);
  });

  it('says nothing after a cancel, and reports only the errors that still matter', async () => {
    const { runner, answers, errors, finish } = harness();
    runner.wish(1);
    await vi.advanceTimersByTimeAsync(60);
    runner.cancel();
    finish.get(1)?.resolve('one');
    await vi.advanceTimersByTimeAsync(0);
    expect(answers).toEqual([]);
    runner.wish(2);
    await vi.advanceTimersByTimeAsync(60);
    finish.get(2)?.reject(new Error('no'));
    await vi.advanceTimersByTimeAsync(0);
    expect(errors).toHaveLength(1);
  });
});
