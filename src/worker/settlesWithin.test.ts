import { expect, it } from 'vitest';
import { settlesWithin } from './settlesWithin';

it('waits for a promise, however it ends, and not for ever', async () => {
  expect(await settlesWithin(10_000, Promise.resolve())).toBe(true);
  expect(await settlesWithin(10_000, Promise.reject(new Error('no')))).toBe(true);
  expect(await settlesWithin(5, new Promise(() => undefined))).toBe(false);
});
