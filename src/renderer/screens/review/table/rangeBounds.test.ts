import { describe, expect, it } from 'vitest';
import { readBound } from './rangeBounds';

describe('readBound', () => {
  it('reads what people type', () => {
    expect(readBound(' 0.5 ')).toBe(0.5);
    expect(readBound('−0,001')).toBe(-0.001);
    expect(readBound('-3e-6')).toBe(-3e-6);
    expect(readBound('')).toBeNull();
    expect(readBound('half')).toBeUndefined();
    expect(readBound('Infinity')).toBeUndefined();
  });
});
