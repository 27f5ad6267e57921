import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  makeScrollScale,
  maxOffset,
  maxScrollHeight,
  offsetOfScrollTop,
  offsetToReveal,
  scrollTopOfOffset,
  visiblePlaces,
} from './scrollScale';

describe('scroll scale', () => {
  it('is one to one while the list is short', () => {
    const scale = makeScrollScale(1000, 34, 600);
    expect(scale).toMatchObject({ scaled: false, contentHeight: 34_000, scrollHeight: 34_000 });
    expect(offsetOfScrollTop(scale, 1234.5)).toBe(1234.5);
    expect(scrollTopOfOffset(scale, 1234.5)).toBe(1234.5);
  });

  it('reaches the first and the last of a million rows', () => {
    const scale = makeScrollScale(1_000_000, 34, 600);
    expect(scale.scaled).toBe(true);
    expect(scale.scrollHeight).toBe(maxScrollHeight);
    expect(offsetOfScrollTop(scale, 0)).toBe(0);
    const bottom = offsetOfScrollTop(scale, maxScrollHeight - 600);
    expect(bottom).toBe(maxOffset(scale));
    expect(visiblePlaces(scale, bottom, { rowHeight: 34, rowCount: 1_000_000, overscan: 0 }).end).toBe(1_000_000);
  });

  it('comes back to the same rows from any place of the scroll bar', () => {
    fc.assert(
      fc.property(fc.nat(2_000_000), fc.double({ min: 0, max: 1, noNaN: true }), (rowCount, share) => {
        const scale = makeScrollScale(rowCount, 34, 600);
        const offset = share * maxOffset(scale);
        expect(offsetOfScrollTop(scale, scrollTopOfOffset(scale, offset))).toBeCloseTo(offset, 3);
      }),
      { seed: 1 },
    );
  });

  it('reveals a row with the least movement', () => {
    const scale = makeScrollScale(1000, 34, 340);
    expect(offsetToReveal(scale, 340, 12, 34)).toBe(340);
    expect(offsetToReveal(scale, 340, 9, 34)).toBe(9 * 34);
    expect(offsetToReveal(scale, 340, 20, 34)).toBe(11 * 34);
    expect(offsetToReveal(scale, 0, 999, 34)).toBe(maxOffset(scale));
  });

  it('never names places outside the list', () => {
    const scale = makeScrollScale(3, 34, 600);
    expect(visiblePlaces(scale, 0, { rowHeight: 34, rowCount: 3, overscan: 8 })).toEqual({ start: 0, end: 3 });
    const none = makeScrollScale(0, 34, 600);
    expect(visiblePlaces(none, 0, { rowHeight: 34, rowCount: 0, overscan: 8 })).toEqual({ start: 0, end: 0 });
  });
});
