import { expect, it } from 'vitest';
import { createStageClock } from './stageClock';

it('gives each stage the time until the next one reports', () => {
  let now = 0;
  const clock = createStageClock(() => now);
  const report = (stage: string, at: number): void => {
    now = at;
    clock.progress({ stage, done: 0, total: 1 });
  };
  report('lambda', 500);
  report('fit', 2000);
  report('fit', 2500);
  report('ranking', 6000);
  now = 7000;
  expect(clock.seconds()).toEqual({ lambda: 2, fit: 4, ranking: 1 });
});
