import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { subtractExactly } from '../cells/numberStyle';
import { Moments } from './moments';

function momentsOf(values: readonly number[]): Moments {
  const moments = new Moments();
  for (const value of values) moments.add(value);
  return moments;
}

/** The next larger of float64. */
function nextUp(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  bits[0] += value > 0 ? 1n : -1n;
  return new Float64Array(bits.buffer)[0];
}

describe('Moments', () => {
  it('are the same at any size, to the last digit', () => {
    const numbers = fc.array(
      fc.double({ min: -1e3, max: 1e3, noNaN: true }).filter((x) => x === 0 || Math.abs(x) > 1e-3),
      { minLength: 2, maxLength: 50 },
    );
    fc.assert(
      fc.property(numbers, fc.integer({ min: -900, max: 1000 }), (values, power) => {
        const plain = momentsOf(values);
        const scaled = momentsOf(values.map((value) => value * 2 ** power));
        // What is held differs by the factor alone: powers of two change no digit.
        const change = scaled.factor * 2 ** power;
        expect(scaled.scaledMean).toBeCloseTo(plain.mean * change, 9);
        expect(scaled.scaledSquares / change ** 2).toBeCloseTo(plain.scaledSquares, 5);
        expect(Number.isFinite(scaled.scaledSquares)).toBe(true);
      }),
      { seed: 1 },
    );
  });

  it('take any finite numbers together without leaving the finite ones', () => {
    const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(numbers, (values) => {
        const moments = momentsOf(values);
        expect(Number.isFinite(moments.scaledSquares) && Number.isFinite(moments.scaledMean)).toBe(true);
        if (moments.minimum < moments.maximum) expect(moments.scaledSquares).toBeGreaterThan(0);
        else expect(moments.scaledSquares).toBe(0);
      }),
      { numRuns: 2000, seed: 11 },
    );
  });

  it('tell two neighbouring numbers from a constant', () => {
    const started = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((x) => nextUp(x) < Infinity);
    fc.assert(
      fc.property(started, fc.integer({ min: 1, max: 5 }), fc.boolean(), (value, repeats, upwards) => {
        const [first, last] = upwards ? [value, nextUp(value)] : [nextUp(value), value];
        const moments = momentsOf([...new Array<number>(repeats).fill(first), last]);
        expect(moments.scaledSquares).toBeGreaterThan(0);
      }),
      { numRuns: 2000, seed: 12 },
    );
  });
});

describe('subtractExactly', () => {
  it('takes the difference before it rounds', () => {
    const whole = fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n });
    fc.assert(
      fc.property(
        whole,
        fc.integer({ min: -1_000_000, max: 1_000_000 }),
        fc.integer({ min: 0, max: 12 }),
        (origin, by, places) => {
          const text = (value: bigint): string => {
            const digits = String(value < 0n ? -value : value).padStart(places + 1, '0');
            const cut = digits.length - places;
            return `${value < 0n ? '-' : ''}${digits.slice(0, cut)}${places > 0 ? `.${digits.slice(cut)}` : ''}`;
          };
          expect(subtractExactly(text(origin))(text(origin + BigInt(by)))).toBe(by / 10 ** places);
        },
      ),
      { seed: 4 },
    );
  });
  it('knows decimals of different length and powers of ten', () => {
    expect(subtractExactly('1700000000000000000')('1700000000000000000.25')).toBe(0.25);
    expect(subtractExactly('0.5')('-1')).toBe(-1.5);
    expect(subtractExactly('1e3')('1001')).toBe(1);
  });
});
