import { describe, expect, it } from 'vitest';
import { wilsonInterval } from './wilson';

describe('wilsonInterval', () => {
  it('agrees with the published example (hits 10 of 20: 0.299–0.701)', () => {
    const { low, high } = wilsonInterval(10, 20);
    expect(low).toBeCloseTo(0.2993, 4);
    expect(high).toBeCloseTo(0.7007, 4);
  });

  it('stays inside 0 and 1 at the ends', () => {
    expect(wilsonInterval(0, 3).low).toBeCloseTo(0, 12);
    expect(wilsonInterval(3, 3).high).toBeCloseTo(1, 12);
  });
});
