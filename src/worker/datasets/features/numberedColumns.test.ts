import { describe, expect, it } from 'vitest';
import type { ColumnType } from '../../../contract/dataset';
import { findNumberedColumns } from './numberedColumns';

const named = (names: readonly string[], type: ColumnType = 'number') => names.map((name) => ({ name, type }));
const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, k) => from + k);
const run = (prefix: string, from: number, to: number): string[] => numbers(from, to).map((k) => `${prefix}${k}`);

describe('numbered columns', () => {
  it.each(['emb_', 'pc', 'V', '', 'PC 1-', 'Ä.', 'column '])('are one prefix and running numbers: %j', (prefix) => {
    expect(findNumberedColumns(named(['age', ...run(prefix, 0, 15), 'sex']))).toEqual([numbers(1, 16)]);
  });

  it('are at least sixteen', () => {
    expect(findNumberedColumns(named(run('x', 1, 15)))).toEqual([]);
    expect(findNumberedColumns(named(run('x', 1, 16)))).toHaveLength(1);
  });

  it('are put in the order of their numbers, wherever they stand', () => {
    const byName = run('pc', 1, 20).sort();
    const [block] = findNumberedColumns(named(byName));
    expect(block.map((place) => byName[place])).toEqual(run('pc', 1, 20));
    const padded = numbers(0, 15).map((k) => `z${String(k).padStart(3, '0')}`);
    expect(findNumberedColumns(named(padded.reverse()))).toEqual([numbers(0, 15).reverse()]);
  });

  it('may have gaps, though not more than numbers', () => {
    const kept = (step: number): string[] => numbers(0, 31).map((k) => `emb_${k * step}`);
    expect(findNumberedColumns(named(run('emb_', 0, 40).filter((_, k) => k % 7 !== 3)))).toHaveLength(1);
    expect(findNumberedColumns(named(kept(2)))).toHaveLength(1);
    expect(findNumberedColumns(named(kept(3)))).toEqual([]);
  });

  it('are all numbers: one category among them, and it is a table', () => {
    const columns = named(run('a', 1, 30));
    const integers = columns.map((column, k) => ({
      ...column,
      type: k % 2 === 0 ? column.type : ('integer' as const),
    }));
    expect(findNumberedColumns(integers)).toHaveLength(1);
    for (const type of ['category', 'text', 'date', 'boolean'] as const) {
      expect(findNumberedColumns(columns.map((column, k) => (k === 7 ? { ...column, type } : column)))).toEqual([]);
    }
  });

  it('are a block for each prefix', () => {
    const names = numbers(0, 19).flatMap((k) => [`text_${k}`, `image_${k}`]);
    expect(findNumberedColumns(named(names))).toEqual([
      numbers(0, 19).map((k) => 2 * k),
      numbers(0, 19).map((k) => 2 * k + 1),
    ]);
  });

  it('are none where a number comes twice', () => {
    expect(findNumberedColumns(named([...run('x', 1, 20), 'x01']))).toEqual([]);
  });
});
