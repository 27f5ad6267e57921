import { describe, expect, it } from 'vitest';
import { splitCodes } from '../../core/base/splitCodes';
import type { ColumnScan } from '../datasets/datasetTypes';
import { drawRandomSplit, readResponses } from './responses';

/** A column of these cells, in two blocks. */
const columnOf =
  (cells: readonly string[]): ColumnScan =>
  async (_columns, onBlock) => {
    await onBlock(0, [cells.slice(0, 2)]);
    await onBlock(2, [cells.slice(2)]);
  };
const read = (...cells: string[]): Promise<Float64Array> =>
  readResponses(columnOf(cells), { index: 0, name: 'price', type: 'text' }, cells.length);

describe('responses', () => {
  it('are numbers with NaN where a cell is missing, by decimal points or commas', async () => {
    expect([...(await read('1.5', '', ' -2e3 ', 'NA'))]).toEqual([1.5, NaN, -2000, NaN]);
    expect([...(await read('1,5', '2,25', '3'))]).toEqual([1.5, 2.25, 3]);
  });

  it('are missing where a column of numbers says something else, as reading has told', async () => {
    const cells = ['1.5', 'abc', 'inf', '-inf', '1e400', '12 kg', '7'];
    const column = { index: 0, name: 'price', type: 'number', format: 'point' } as const;
    const found = await readResponses(columnOf(cells), column, cells.length);
    expect([...found]).toEqual([1.5, NaN, NaN, NaN, NaN, NaN, 7]);
  });

  it('name the first cell that is none, and how many more there are', async () => {
    await expect(read('1', '2', 'cheap', '3', 'dear')).rejects.toThrow(
      /needs a numeric label; row 2 of column "price" says "cheap", and 1 more rows are no numbers/,
    );
    await expect(read('', ' ', '')).rejects.toThrow(/Every label in column "price" is blank/);
  });
});

describe('a random split', () => {
  const responses = Float64Array.from({ length: 50 }, (_, row) => (row % 10 === 0 ? NaN : row));

  it('draws its share of the labelled rows by the seed', () => {
    const split = drawRandomSplit(responses, 0.2, 3);
    const drawn = [...split.keys()].filter((row) => split[row] === splitCodes.validation);
    expect(drawn).toHaveLength(9);
    expect(drawn.some((row) => row % 10 === 0)).toBe(false);
    expect([...drawRandomSplit(responses, 0.2, 3)]).toEqual([...split]);
    expect([...drawRandomSplit(responses, 0.2, 4)]).not.toEqual([...split]);
  });

  it('leaves a row to train on', () => {
    const split = drawRandomSplit(Float64Array.of(1, NaN, 2), 1, 1);
    expect([...split].filter((code) => code === splitCodes.validation)).toHaveLength(1);
  });
});
