import { performance } from 'node:perf_hooks';
import { expect, it } from 'vitest';
import { CancelledError } from '../core/base/errors';
import { createTurns } from './eventLoop';

function work(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end;);
}

it('gives way to others once it has held on for long, and only then', async () => {
  const turn = createTurns();
  let others = 0;
  setImmediate(() => others++);
  expect(turn()).toBeUndefined();
  work(30);
  expect(others).toBe(0);
  await turn();
  expect(others).toBe(1);
});

it('hears of a cancellation that was asked for meanwhile', async () => {
  let cancelled = false;
  const signal = {
    get cancelled() {
      return cancelled;
    },
    throwIfCancelled() {
      if (cancelled) throw new CancelledError();
    },
  };
  const turn = createTurns(signal);
  setImmediate(() => (cancelled = true));
  work(30);
  await expect(turn()).rejects.toBeInstanceOf(CancelledError);
});
