import { describe, expect, it } from 'vitest';
import { barHeight, countAbove, firstBinAbove, snapToEdge, thresholdForKey } from './histogramScale';

describe('histogram of suspicion', () => {
  it('keeps a small tail visible beside a large peak', () => {
    expect(barHeight(100_000, 100_000)).toBe(1);
    expect(barHeight(10, 100_000)).toBeGreaterThan(0.15);
    expect(barHeight(0, 100_000)).toBe(0);
    expect(barHeight(0, 0)).toBe(0);
  });

  it('counts exactly what is at or above an edge', () => {
    const histogram = Array.from({ length: 100 }, (_, bin) => bin);
    expect(countAbove(histogram, 0.98)).toBe(98 + 99);
    expect(countAbove(histogram, 1)).toBe(0);
    expect(countAbove(histogram, 0)).toBe(4950);
    for (let edge = 0; edge <= 100; edge += 1) expect(firstBinAbove(edge / 100, 100)).toBe(edge);
  });

  it('stands on edges only', () => {
    expect(snapToEdge(0.513, 50)).toBe(0.52);
    expect(snapToEdge(-3, 50)).toBe(0);
    expect(snapToEdge(7, 50)).toBe(1);
  });

  it('moves by keys like any slider', () => {
    expect(thresholdForKey('ArrowRight', 0.5, 50)).toBe(0.52);
    expect(thresholdForKey('ArrowDown', 0.5, 100)).toBe(0.49);
    expect(thresholdForKey('PageUp', 0.95, 100)).toBe(1);
    expect(thresholdForKey('Home', 0.95, 100)).toBe(0);
    expect(thresholdForKey('k', 0.5, 100)).toBeNull();
  });
});
