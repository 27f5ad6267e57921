import { describe, expect, it } from 'vitest';
import { findCells } from './findCells';

const cells = ['x10', 'x1', 'Label', 'x100'].map((column, index) => ({ column, text: `${index}.5`, role: 'feature' }));
const names = (needle: string): string[] => findCells(cells, needle).map(({ column }) => column);

describe('findCells', () => {
  it('gives every cell, in order, where nothing is looked for', () => {
    expect(findCells(cells, '  ')).toBe(cells);
  });

  it('finds columns by a part of their name in any case, one of that very name first', () => {
    expect(names('X1')).toEqual(['x1', 'x10', 'x100']);
    expect(names('abel')).toEqual(['Label']);
  });

  it('finds cells by their text, and nothing where there is nothing', () => {
    expect(names('3.5')).toEqual(['x100']);
    expect(names('nowhere')).toEqual([]);
  });
});
