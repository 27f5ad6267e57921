import { describe, expect, it } from 'vitest';
import type { Column } from '../../contract/dataset';
import { InputError } from '../../core/base/errors';
import type { ColumnScan } from '../datasets/datasetTypes';
import { readWeights, type RowWeights } from './readWeights';

const column: Column = {
  index: 1,
  name: 'w',
  type: 'number',
  role: 'weight',
  reason: '',
  missing: 0,
  distinct: null,
  range: null,
  examples: [],
};

/** The rows two at a time. */
function partOf(cells: readonly string[]): { readonly scan: ColumnScan; readonly rows: number } {
  const scan: ColumnScan = async (indices, onBlock) => {
    expect(indices).toEqual([1]);
    for (let first = 0; first < cells.length; first += 2) await onBlock(first, [cells.slice(first, first + 2)]);
  };
  return { scan, rows: cells.length };
}

const read = async (
  parts: readonly (readonly string[])[],
  isLabelled: (row: number) => boolean = () => true,
  changes: Partial<Column> = {},
): Promise<RowWeights> =>
  readWeights({ columns: [{ ...column, ...changes }], parts: parts.map((cells) => partOf(cells)), isLabelled });

describe('readWeights', () => {
  it('has nothing to say where no column is the weight', async () => {
    expect(await read([['1', '2']], undefined, { role: 'feature' })).toEqual({
      weights: undefined,
      notes: [],
      warnings: [],
    });
  });

  it('scales weights to a mean of 1 over the labelled rows that have any', async () => {
    const { weights, notes, warnings } = await read([['1', '3', '0', '80']], (row) => row < 3);
    expect([...(weights ?? [])]).toEqual([0.5, 1.5, 0, 40]);
    expect(notes).toEqual([expect.stringMatching(/^Rows count by their weights \(“w”, 0 to 3\) in the fit/)]);
    expect(warnings).toEqual([expect.stringMatching(/^1 labelled row weighs 0: no head learns from it/)]);
  });

  it('reads numbers as the column writes them', async () => {
    const { weights } = await read([['0,5', '1,5']], undefined, { format: 'comma' });
    expect([...(weights ?? [])]).toEqual([0.5, 1.5]);
  });

  it('counts what is no weight as 0 and says where, of labelled rows alone', async () => {
    const cells = ['1', '', '2', '-2', '3', 'oops', 'inf', '', 'NaN'];
    const { weights, warnings } = await read([cells], (row) => row !== 7);
    expect([...(weights ?? [])]).toEqual([0.5, 0, 1, 0, 1.5, 0, 0, 0, 0]);
    expect(warnings[0]).toMatch(/^The weights in “w” of 5 labelled rows are no weights, and count as 0: /);
    expect(warnings[0]).toContain('2 blank (the first is row 1)');
    expect(warnings[0]).toContain('1 negative (row 3, “-2”)');
    expect(warnings[0]).toContain('2 no finite number (the first is row 5, “oops”)');
    expect(warnings[1]).toMatch(/^5 labelled rows weigh 0/);
  });

  it('takes the weights of a validation file, or lets its rows count alike where it was read without any', async () => {
    const own = await read([
      ['1', '3'],
      ['2', ''],
    ]);
    expect([...(own.weights ?? [])]).toEqual([0.5, 1.5, 1, 0]);
    expect(own.warnings[0]).toContain('1 blank (row 3)');
    const without = await read([
      ['1', '3'],
      ['', ''],
    ]);
    expect([...(without.weights ?? [])]).toEqual([0.5, 1.5, 1, 1]);
    expect(without.warnings).toEqual(['The validation file was read without weights (“w”): its rows count alike.']);
  });

  it('leaves everything as it is where all weigh the same, and refuses rows that weigh nothing', async () => {
    expect(await read([['2', '2']])).toEqual({
      weights: undefined,
      notes: ['All rows weigh the same (“w”).'],
      warnings: [],
    });
    await expect(read([['0', '']])).rejects.toThrow(InputError);
    await expect(read([['5', '0']], (row) => row === 1)).rejects.toThrow(
      /No labelled row has a weight above 0 in the column “w”/,
    );
  });
});
