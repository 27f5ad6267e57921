import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { NumericalError, serializeWithoutStacks } from '../core/base/errors';
import { describeMisfit, serializedErrorSchema } from './result';

describe('an error as a value', () => {
  it('fits when the fit that failed has no condition estimate', () => {
    const details = { l2: 1e-6, conditionEstimate: Number.NaN, relativeGradientNorm: Infinity };
    const told = serializeWithoutStacks(new NumericalError('It did not converge.', { details }));
    expect(serializedErrorSchema.parse(told)).toEqual(told);
  });
});

describe('what does not fit', () => {
  const rows = z.object({ selection: z.object({ rows: z.array(z.int()) }) });
  const misfit = (value: unknown): string => {
    const { error } = rows.safeParse(value);
    return error === undefined ? '' : describeMisfit(error);
  };

  it('is told by its place', () => {
    expect(misfit({ selection: { rows: [1, 'x'] } })).toMatch(/^selection\.rows\.1: .*expected (int|number)/i);
    expect(misfit({ selection: { rows: [1] } })).toBe('');
  });

  it('is told once of a list in which nothing fits', () => {
    const text = misfit({ selection: { rows: new Array(10_000).fill('x') } });
    expect(text).toContain('9999 more');
    expect(text.length).toBeLessThan(200);
  });
});
