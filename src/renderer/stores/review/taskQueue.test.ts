import { describe, expect, it } from 'vitest';
import { TaskQueue } from './taskQueue';

const settle = () => new Promise((done) => setTimeout(done, 0));

describe('TaskQueue', () => {
  it('works at once, and holds later tasks back while one is under way', async () => {
    const done: string[] = [];
    let answer = (): void => undefined;
    const queue = new TaskQueue(() => expect.unreachable());
    queue.push(() => void done.push('now'));
    expect(done).toEqual(['now']);
    queue.push(() => new Promise<void>((resolve) => (answer = resolve)).then(() => void done.push('asked')));
    queue.push(() => void done.push('after'));
    await settle();
    expect(done).toEqual(['now']);
    answer();
    await settle();
    expect(done).toEqual(['now', 'asked', 'after']);
  });

  it('gives up what waits behind a failure, says how much, and goes on with what comes later', async () => {
    const done: string[] = [];
    const failures: unknown[] = [];
    const queue = new TaskQueue((error, unused) => failures.push([error, unused]));
    queue.push(() => settle().then(() => Promise.reject('away')));
    queue.push(() => void done.push('dropped'));
    queue.push(() => void done.push('dropped too'));
    await settle();
    await settle();
    expect(failures).toEqual([['away', 2]]);
    queue.push(() => void done.push('later'));
    expect(done).toEqual(['later']);
  });

  it('tells how many tasks are given up', async () => {
    const queue = new TaskQueue(() => expect.unreachable());
    queue.push(settle);
    queue.push(() => expect.unreachable());
    expect(queue.clear()).toBe(1);
    await settle();
    expect(queue.clear()).toBe(0);
  });
});
