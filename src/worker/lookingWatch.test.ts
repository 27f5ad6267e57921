import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CancelledError } from '../core/base/errors';
import { LookingWatch } from './lookingWatch';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** What a window hears of work that says how far it is every ten milliseconds. */
async function hear(ms: number, says: boolean): Promise<(string | null)[]> {
  const heard: (string | null)[] = [];
  await new LookingWatch((text) => heard.push(text)).watch('/data/many', async ({ tell }) => {
    for (let at = 0; at < ms; at += 10) {
      if (says) tell(`${at} files`);
      await vi.advanceTimersByTimeAsync(10);
    }
  });
  return heard;
}

it('says nothing of what takes a moment, and not more than ten times a second of the rest', async () => {
  expect(await hear(300, true)).toEqual([]);
  const heard = await hear(1_000, true);
  expect(heard[0]).toBe('Looking at many');
  expect(heard[heard.length - 1]).toBe(null);
  expect(heard.slice(1, -1)).toEqual(['500 files', '600 files', '700 files', '800 files', '900 files']);
});

it('says what is looked at where that says nothing of itself', async () => {
  expect(await hear(2_000, false)).toEqual(['Looking at many', null]);
});

it('gives up what is under way, and nothing that comes later', async () => {
  const heard: (string | null)[] = [];
  const watch = new LookingWatch((text) => heard.push(text));
  const first = watch.watch('/data/many', async ({ signal }) => {
    await vi.advanceTimersByTimeAsync(500);
    signal.throwIfCancelled();
  });
  watch.cancel();
  await expect(first).rejects.toThrow(CancelledError);
  expect(heard).toEqual(['Looking at many', null]);
  watch.cancel();
  await watch.watch('/data/other', ({ signal }) => Promise.resolve(signal.throwIfCancelled()));
});
