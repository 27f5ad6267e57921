import { describe, expect, it } from 'vitest';
import { placeOfMove } from './placeOfMove';

describe('placeOfMove', () => {
  it('goes row by row in a list', () => {
    const list = { place: 5, total: 30, columns: 1, page: 10 };
    expect((['previous', 'next', 'up', 'down'] as const).map((to) => placeOfMove(to, list))).toEqual([4, 6, 4, 6]);
    expect(placeOfMove('page-down', list)).toBe(15);
    expect(placeOfMove('page-up', list)).toBe(0);
    expect(placeOfMove('page-down', { ...list, place: 25 })).toBe(29);
    expect([placeOfMove('up', { ...list, place: 0 }), placeOfMove('down', { ...list, place: 29 })]).toEqual([0, 29]);
  });

  it('goes by lines in a grid, and stays where there is no further one', () => {
    // 0 1 2 3 / 4 5 6 7 / 8 9
    const grid = { total: 10, columns: 4, page: 8 };
    expect(placeOfMove('down', { ...grid, place: 1 })).toBe(5);
    expect(placeOfMove('down', { ...grid, place: 5 })).toBe(9);
    expect(placeOfMove('down', { ...grid, place: 7 })).toBe(9);
    expect(placeOfMove('down', { ...grid, place: 8 })).toBe(8);
    expect(placeOfMove('up', { ...grid, place: 9 })).toBe(5);
    expect(placeOfMove('up', { ...grid, place: 2 })).toBe(2);
    expect(placeOfMove('page-down', { ...grid, place: 1 })).toBe(9);
    expect(placeOfMove('page-down', { ...grid, place: 3 })).toBe(9);
    expect(placeOfMove('page-up', { ...grid, place: 5 })).toBe(1);
    expect(placeOfMove('last', { ...grid, place: 5 })).toBe(9);
  });
});
