import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  complement,
  emptySelection,
  type IndexSelection,
  isSelected,
  selectAll,
  selectMarked,
  selectSpan,
  subtract,
  toggle,
  unite,
} from './selectionModel';

const places = (selection: IndexSelection, total: number): number[] =>
  Array.from({ length: total }, (_, place) => place).filter((place) => isSelected(selection, place));

describe('selection of places', () => {
  it('selects a million rows as one range', () => {
    const all = selectAll(1_000_000);
    expect(all.ranges).toEqual([{ start: 0, end: 1_000_000 }]);
    expect(all.count).toBe(1_000_000);
    expect(isSelected(all, 999_999)).toBe(true);
    expect(isSelected(all, 1_000_000)).toBe(false);
  });

  it('selects a span in either direction, both ends included', () => {
    expect(selectSpan(7, 3)).toEqual(selectSpan(3, 7));
    expect(places(selectSpan(7, 3), 10)).toEqual([3, 4, 5, 6, 7]);
  });

  it('takes single rows out of everything', () => {
    const selection = toggle(toggle(selectAll(5), 2), 0);
    expect(places(selection, 5)).toEqual([1, 3, 4]);
    expect(selection.count).toBe(3);
    expect(places(complement(selection, 5), 5)).toEqual([0, 2]);
  });

  it('takes the places of marks, and gives them up again, as sets do', () => {
    const total = 20;
    const marks = fc.array(fc.constantFrom(0, 1), { minLength: total, maxLength: total });
    fc.assert(
      fc.property(marks, marks, (one, other) => {
        const first = selectMarked(Uint8Array.from(one));
        const second = selectMarked(Uint8Array.from(other));
        const marked = (mask: readonly number[]): number[] => [...mask.keys()].filter((place) => mask[place] === 1);
        expect(places(first, total)).toEqual(marked(one));
        const left = subtract(first, second);
        expect(places(left, total)).toEqual(marked(one).filter((place) => other[place] === 0));
        expect(left.count).toBe(places(left, total).length);
        left.ranges.forEach(({ start, end }, at) => {
          expect(end).toBeGreaterThan(start);
          expect(start).toBeGreaterThan(left.ranges[at - 1]?.end ?? -1);
        });
      }),
      { seed: 1 },
    );
  });

  it('behaves as a set of numbers under any series of steps', () => {
    const total = 24;
    const place = fc.nat(total - 1);
    const step = fc.oneof(
      fc.record({ kind: fc.constant('toggle' as const), at: place }),
      fc.record({ kind: fc.constant('add' as const), from: place, to: place }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let selection: IndexSelection = emptySelection;
        const model = new Set<number>();
        for (const one of steps) {
          if (one.kind === 'toggle') {
            selection = toggle(selection, one.at);
            if (!model.delete(one.at)) model.add(one.at);
          } else {
            selection = unite(selection, selectSpan(one.from, one.to));
            for (let at = Math.min(one.from, one.to); at <= Math.max(one.from, one.to); at += 1) model.add(at);
          }
        }
        expect(places(selection, total)).toEqual([...model].sort((a, b) => a - b));
        expect(selection.count).toBe(model.size);
        expect(complement(selection, total).count).toBe(total - model.size);
        selection.ranges.forEach((range, index) => {
          if (index > 0) expect(range.start).toBeGreaterThan(selection.ranges[index - 1].end);
        });
      }),
      { seed: 1 },
    );
  });
});
