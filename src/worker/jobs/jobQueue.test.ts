import { describe, expect, it } from 'vitest';
import type { JobSnapshot } from '../../contract/jobs';
import { CancelledError, InputError } from '../../core/base/errors';
import { JobQueue } from './jobQueue';

const stages = [
  { name: 'one', expectedSeconds: 1 },
  { name: 'two', expectedSeconds: 3 },
];

function createQueue(): { queue: JobQueue; seen: JobSnapshot[] } {
  const seen: JobSnapshot[] = [];
  return { queue: new JobQueue((snapshot) => seen.push(snapshot)), seen };
}

describe('JobQueue', () => {
  it('runs jobs one after the other and reports their stages', async () => {
    const { queue, seen } = createQueue();
    const order: string[] = [];
    const first = queue.start({
      kind: 'audit',
      stages,
      run: async (job) => {
        job.progress({ stage: 'one', done: 1, total: 2, detail: 'half' });
        await Promise.resolve();
        job.progress({ stage: 'two', done: 0, total: 5 });
        order.push('first');
        return 7;
      },
    });
    const second = queue.start({ kind: 'export', stages, run: async () => void order.push('second') });
    expect(await first.result).toBe(7);
    await second.result;
    expect(order).toEqual(['first', 'second']);
    const states = seen.filter(({ id }) => id === first.id).map(({ state }) => state);
    expect(states[0]).toBe('queued');
    expect(states[states.length - 1]).toBe('done');
    const entered = seen.find(({ id, stages: [, two] }) => id === first.id && two?.state === 'running');
    expect(entered?.stages[0]).toMatchObject({ state: 'done', detail: 'half' });
  });

  it('cancels a queued job without running it, and a running one when it next looks', async () => {
    const { queue, seen } = createQueue();
    let release: () => void = () => undefined;
    const running = queue.start({
      kind: 'audit',
      stages,
      run: async (job) => {
        await new Promise<void>((resolve) => (release = resolve));
        job.signal.throwIfCancelled();
      },
    });
    let ran = false;
    const waiting = queue.start({ kind: 'audit', stages, run: async () => void (ran = true) });
    await Promise.resolve();
    queue.cancel(waiting.id);
    queue.cancel(running.id);
    release();
    await expect(running.result).rejects.toBeInstanceOf(CancelledError);
    await expect(waiting.result).rejects.toBeInstanceOf(CancelledError);
    expect(ran).toBe(false);
    expect(seen.filter(({ state }) => state === 'cancelled').map(({ id }) => id)).toEqual([waiting.id, running.id]);
    expect(() => queue.cancel(running.id)).toThrow(InputError);
  });

  it('goes on after a failure and keeps the stack out of the snapshot', async () => {
    const { queue, seen } = createQueue();
    const failing = queue.start({ kind: 'load', stages, run: () => Promise.reject(new InputError('No rows.')) });
    await expect(failing.result).rejects.toThrow('No rows.');
    const last = seen[seen.length - 1];
    expect(last?.error).toEqual({ code: 'input', message: 'No rows.', details: {} });
    await queue.start({ kind: 'load', stages, run: async () => undefined }).result;
    expect(queue.snapshots).toEqual([]);
  });

  it('estimates the time left from the stages done', async () => {
    const { queue } = createQueue();
    await queue.start({
      kind: 'audit',
      stages,
      run: async (job) => {
        job.progress({ stage: 'one', done: 0, total: 1 });
        expect(job.snapshot.secondsLeft).toBeGreaterThan(3);
        job.progress({ stage: 'two', done: 0, total: 1 });
        expect(job.snapshot.secondsLeft).toBeLessThanOrEqual(3 * 1.001);
      },
    }).result;
  });
});
