import { expect, it } from 'vitest';
import { judge } from './issues';

it('judges marks by what was planted', () => {
  const planted = Uint8Array.of(1, 1, 0, 0);
  const score = Float64Array.of(0.9, 0.2, 0.6, -1);
  const marked = Float64Array.of(1, 0, 1, 0);
  expect(judge(planted, score, marked, false)).toEqual({
    recall: 0.5,
    precision: 0.5,
    average_precision: (1 + 2 / 3) / 2,
  });
  expect(judge(planted, score, marked, true)).toEqual({ recall: 0.5 });
});
