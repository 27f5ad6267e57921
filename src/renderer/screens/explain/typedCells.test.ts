import { describe, expect, it } from 'vitest';
import type { Column } from '../../../contract/dataset';
import { readPasted, typedColumns } from './typedCells';

const column = (index: number, name: string, role: Column['role'], type: Column['type'] = 'number'): Column => ({
  index,
  name,
  type,
  role,
  reason: '',
  missing: 0,
  distinct: null,
  range: null,
  examples: [],
});
const columns = [
  column(0, 'id', 'id'),
  column(1, 'age', 'feature'),
  column(2, 'home', 'feature', 'category'),
  column(3, 'y', 'label'),
];

describe('a pasted row', () => {
  it('is one of the whole data, or of its features', () => {
    const expected = new Map([
      [1, '41'],
      [2, 'rent, shared'],
    ]);
    expect(readPasted('r1\t41\trent, shared\tyes\r\n', columns)).toEqual(expected);
    expect(readPasted('r1,41,"rent, shared",yes', columns)).toEqual(expected);
    expect(readPasted('41\trent, shared', columns)).toEqual(expected);
  });

  it('may have a header, in any order, with columns that are unknown', () => {
    expect(readPasted('home\tshoe\tage\nrent\t42\t41', columns)).toEqual(
      new Map([
        [2, 'rent'],
        [1, '41'],
      ]),
    );
  });

  it('is refused in words where it fits nothing', () => {
    expect(() => readPasted(' ', columns)).toThrow(/cells were pasted|Nothing was pasted/);
    expect(() => readPasted('1,2,3', columns)).toThrow(
      /3 cells were pasted; a row has 4 of them, 2 of which are features/,
    );
    expect(() => readPasted('1\t2\n3\t4', columns)).toThrow(/2 rows were pasted/);
    expect(() => readPasted('id\ty\n3\t4', columns)).toThrow(/names no feature/);
  });

  it('asks for features that can be typed', () => {
    expect(typedColumns([...columns, column(4, 'file', 'feature', 'picture')]).map(({ name }) => name)).toEqual([
      'age',
      'home',
    ]);
  });
});
