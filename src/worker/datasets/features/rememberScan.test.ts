import { describe, expect, it } from 'vitest';
import { CancelledError } from '../../../core/base/errors';
import { CellBlock } from '../cells/cellBlock';
import type { CellScan } from '../datasetTypes';
import { rememberScan } from './rememberScan';

const rows = 5;

/** Two rows at a time; `asked` gets the columns of every scan. */
function source(asked: (readonly number[])[]): CellScan {
  return async (columnIndices, onBlock) => {
    asked.push(columnIndices);
    for (let first = 0; first < rows; first += 2) {
      const cells = columnIndices.map((k) =>
        Array.from({ length: Math.min(2, rows - first) }, (_, row) => `${first + row}.${k}`),
      );
      await onBlock(CellBlock.ofColumns(first, cells));
    }
  };
}

async function cellsOf(scan: CellScan, columns: readonly number[]): Promise<string[][]> {
  const found: string[][] = columns.map(() => []);
  await scan(columns, (block) => columns.forEach((_, k) => found[k]?.push(...block.column(k))));
  return found;
}

const expected = (columns: readonly number[]): string[][] =>
  columns.map((k) => Array.from({ length: rows }, (_, row) => `${row}.${k}`));

describe('rememberScan', () => {
  it.each([
    ['enough room', 2 ** 20, [[3, 1]]],
    [
      'too little room for all blocks',
      100,
      [
        [3, 1],
        [3, 1],
      ],
    ],
    [
      'no room',
      0,
      [
        [3, 1],
        [3, 1],
      ],
    ],
  ])('reads the rows as often as it has to with %s', async (_, mostBytes, scans) => {
    const asked: (readonly number[])[] = [];
    const scan = rememberScan(source(asked), mostBytes);
    expect(await cellsOf(scan, [3, 1])).toEqual(expected([3, 1]));
    expect(await cellsOf(scan, [3, 1])).toEqual(expected([3, 1]));
    expect(asked).toEqual(scans);
  });

  it('keeps nothing of other columns, and nothing of a scan that did not end', async () => {
    const asked: (readonly number[])[] = [];
    const scan = rememberScan(source(asked), 2 ** 20);
    const stop = new CancelledError();
    await expect(
      scan([2], () => {
        throw stop;
      }),
    ).rejects.toBe(stop);
    for (const columns of [[2], [1, 2], [2]]) expect(await cellsOf(scan, columns)).toEqual(expected(columns));
    expect(asked).toHaveLength(4);
    const other = rememberScan(source(asked), 2 ** 20);
    for (const columns of [[2], [1, 2], [2]]) expect(await cellsOf(other, columns)).toEqual(expected(columns));
    expect(asked.slice(4)).toEqual([[2], [1, 2]]);
  });

  it('stops when it is cancelled on the way through what it has kept', async () => {
    const scan = rememberScan(source([]), 2 ** 20);
    await cellsOf(scan, [0]);
    const seen: number[] = [];
    let cancelled = false;
    const signal = {
      get cancelled() {
        return cancelled;
      },
      throwIfCancelled() {
        if (cancelled) throw new CancelledError();
      },
    };
    const stopping = scan(
      [0],
      (block) => {
        seen.push(block.firstRow);
        cancelled = true;
      },
      signal,
    );
    await expect(stopping).rejects.toThrow(CancelledError);
    expect(seen).toEqual([0]);
  });
});
