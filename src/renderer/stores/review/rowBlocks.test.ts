import { describe, expect, it, vi } from 'vitest';
import type { ReviewRow } from '../../../contract/review';
import { RowBlocks } from './rowBlocks';
import { makeTestRow as makeRow } from './testReviewRows';

/** A view in which place p holds row 2p, answering when told to. */
function harness(total: number, options: { parallel?: number; keep?: number } = {}) {
  const asked: { offset: number; limit: number; answer: () => Promise<void> }[] = [];
  const errors: unknown[] = [];
  const onChange = vi.fn();
  const read = (_viewId: string, offset: number, limit: number) =>
    new Promise<ReviewRow[]>((resolve) => {
      asked.push({
        offset,
        limit,
        answer: async () => {
          resolve(Array.from({ length: limit }, (_, index) => makeRow(2 * (offset + index))));
          await new Promise((done) => setTimeout(done));
        },
      });
    });
  const readNumbers = vi.fn(() => Promise.resolve(Int32Array.from({ length: total }, (_, place) => 2 * place)));
  const blocks = new RowBlocks({
    read,
    readNumbers,
    onChange,
    onError: (error) => errors.push(error),
    blockSize: 10,
    ...options,
  });
  blocks.open({ viewId: 'v', total }, 0, []);
  return { blocks, asked, errors, onChange, readNumbers };
}

describe('RowBlocks', () => {
  it('reads the blocks around the window and no more', async () => {
    const { blocks, asked } = harness(1_000_000);
    blocks.want(500_004, 500_012);
    expect(asked.map(({ offset }) => offset)).toEqual([500_000, 500_010]);
    await asked[0].answer();
    expect(blocks.at(500_004)?.row).toBe(1_000_008);
    expect(blocks.placeOf(1_000_008)).toBe(500_004);
    expect(asked.map(({ offset }) => offset)).toEqual([500_000, 500_010, 500_020]);
  });

  it('drops wishes for places scrolled past', async () => {
    const { blocks, asked } = harness(1000, { parallel: 1 });
    for (let start = 0; start < 900; start += 50) blocks.want(start, start + 10);
    expect(asked).toHaveLength(1);
    await asked[0].answer();
    expect(asked[1].offset).toBe(850);
  });

  it('ignores the answer of a view that was left', async () => {
    const { blocks, asked } = harness(100);
    blocks.want(0, 10);
    blocks.open({ viewId: 'other', total: 5 }, 0, [makeRow(77)]);
    await asked[0].answer();
    expect(blocks.at(0)?.row).toBe(77);
    expect(blocks.at(1)).toBeUndefined();
  });

  it('asks for the last, shorter block with its true length', () => {
    const { blocks, asked } = harness(25);
    blocks.want(20, 25);
    expect(asked[0]).toMatchObject({ offset: 20, limit: 5 });
  });

  it('replaces rows it holds and tells so', async () => {
    const { blocks, asked, onChange } = harness(20);
    blocks.want(0, 5);
    await asked[0].answer();
    onChange.mockClear();
    blocks.replace([makeRow(4, { decision: { kind: 'keep' } }), makeRow(999)]);
    expect(blocks.at(2)?.decision).toEqual({ kind: 'keep' });
    expect(onChange).toHaveBeenCalledTimes(1);
    blocks.replace([makeRow(999)]);
    expect(onChange).toHaveBeenCalledTimes(1);
  });

  it('reads what each of several views shows, and forgets the wishes of one that is left', async () => {
    const { blocks, asked } = harness(1000, { parallel: 1 });
    blocks.want(0, 1, 'table');
    blocks.want(500, 501, 'gallery');
    blocks.want(900, 901, 'gallery');
    blocks.want(0, 0, 'table');
    for (let read = 0; read < 4; read++) await asked[read].answer();
    expect(asked.map(({ offset }) => offset)).toEqual([0, 900, 910, 890]);
  });

  it('forgets the blocks not looked at for longest', async () => {
    const { blocks, asked } = harness(1000, { keep: 3, parallel: 1 });
    for (const start of [0, 500, 900]) {
      blocks.want(start, start + 1);
      for (const one of asked.splice(0)) await one.answer();
      for (const one of asked.splice(0)) await one.answer();
    }
    expect(blocks.at(900)).toBeDefined();
    expect(blocks.at(0)).toBeUndefined();
    expect(blocks.placeOf(0)).toBeUndefined();
  });

  it('lists row numbers of a range, reading those of the view once where it does not hold them', async () => {
    const { blocks, asked, readNumbers } = harness(40);
    blocks.want(0, 1);
    await asked[0].answer();
    await asked[1].answer();
    expect(await blocks.rowNumbers(8, 12)).toEqual([16, 18, 20, 22]);
    expect(readNumbers).not.toHaveBeenCalled();
    expect(await blocks.rowNumbers(8, 23)).toEqual(Array.from({ length: 15 }, (_, index) => 2 * (8 + index)));
    expect(await blocks.rowNumbers(30, 31)).toEqual([60]);
    expect(readNumbers).toHaveBeenCalledTimes(1);
    expect(asked).toHaveLength(2);
    const late = blocks.rowNumbers(35, 36);
    blocks.open({ viewId: 'other', total: 5 }, 0, []);
    expect(await late).toEqual([]);
    await blocks.allNumbers();
    expect(readNumbers).toHaveBeenLastCalledWith('other');
  });

  it('says when a read failed', async () => {
    const errors: unknown[] = [];
    const blocks = new RowBlocks({
      read: () => Promise.reject(new Error('gone')),
      readNumbers: () => Promise.reject(new Error('gone')),
      onChange: () => undefined,
      onError: (error) => errors.push(error),
    });
    blocks.open({ viewId: 'v', total: 5 }, 0, []);
    blocks.want(0, 5);
    await new Promise((done) => setTimeout(done));
    expect(errors).toHaveLength(1);
    await expect(blocks.load(0)).rejects.toThrow('gone');
  });
});
