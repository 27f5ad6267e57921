import { describe, expect, it } from 'vitest';
import { scoreColumnsOf } from '../../../../contract/scoreColumns';
import { fitColumns, placeColumns, tableColumnsOf, type TableData, withColumn } from './tableColumns';

const keys = (columns: readonly { key: string }[]) => columns.map(({ key }) => key);

const digits: TableData = {
  hasPictures: true,
  hasTexts: false,
  labels: 'classes',
  issues: [],
  longestClass: 1,
  longestId: 10,
};
const plain: TableData = { ...digits, hasPictures: false };

describe('columns of the ranked table', () => {
  it('pins rank, picture and id at the left, one after the other', () => {
    const placed = placeColumns([], digits);
    expect(keys(placed).slice(0, 3)).toEqual(['rank', 'picture', 'id']);
    expect(placed[0].left).toBe(0);
    expect(placed[2].left).toBe(placed[0].width + placed[1].width);
    expect(placed.findIndex(({ pinned }) => !pinned)).toBe(3);
  });

  it('has no picture column without pictures', () => {
    expect(keys(placeColumns([], plain))).not.toContain('picture');
  });

  it('has a column of texts where there are texts', () => {
    expect(keys(placeColumns([], digits))).not.toContain('text');
    expect(keys(placeColumns([], { ...plain, hasTexts: true }))).toContain('text');
  });

  it('remembers widths and visibility, within bounds', () => {
    let layout = withColumn([], 'loss', { shown: true });
    layout = withColumn(layout, 'loss', { width: 3 });
    layout = withColumn(layout, 'reasons', { shown: false });
    const placed = placeColumns(layout, plain);
    expect(placed.find(({ key }) => key === 'loss')?.width).toBe(56);
    expect(keys(placed)).not.toContain('reasons');
    expect(layout).toHaveLength(2);
  });

  it('is as wide as long names and ids need, unless another width was chosen', () => {
    const widths = (data: TableData, layout = withColumn([], 'labels', { shown: true })) =>
      ['labels', 'id'].map((key) => placeColumns(layout, data).find((one) => one.key === key)?.width);
    const long: TableData = { ...plain, longestClass: 7, longestId: 18 };
    expect(widths(plain)).toEqual([124, 100]);
    expect(widths(long)).toEqual([171, 150]);
    expect(widths({ ...plain, longestClass: 400, longestId: 400 })).toEqual([184, 176]);
    expect(widths(long, withColumn([], 'labels', { width: 140 }))).toEqual([140, 150]);
    expect(widths({ ...long, labels: 'numbers' }, [])).toEqual([168, 150]);
  });

  it('gives way where there is no room for all, but for widths that somebody chose', () => {
    const layout = withColumn([], 'suspicion', { width: 140 });
    const placed = placeColumns(layout, digits);
    const sum = (columns: readonly { width: number }[]) => columns.reduce((all, { width }) => all + width, 0);
    const widthOf = (columns: readonly { key: string; width: number }[], key: string) =>
      columns.find((one) => one.key === key)?.width;
    expect(fitColumns(placed, sum(placed))).toBe(placed);
    const narrow = fitColumns(placed, sum(placed) - 50);
    expect(sum(narrow)).toBeLessThanOrEqual(sum(placed) - 50);
    expect(sum(narrow)).toBeGreaterThan(sum(placed) - 60);
    expect(widthOf(narrow, 'suspicion')).toBe(140);
    expect(narrow[2].left).toBe(narrow[0].width + narrow[1].width);
    // No further than that: what is left over scrolls.
    const least = fitColumns(placed, 100);
    expect(widthOf(least, 'reasons')).toBe(96);
    expect(widthOf(least, 'labels')).toBe(widthOf(placed, 'labels'));
    expect(fitColumns(least, 100).map(({ width }) => width)).toEqual(least.map(({ width }) => width));
  });

  it('keeps columns it does not know out, and its order whatever was remembered', () => {
    const placed = placeColumns([{ key: 'gone', width: 10, shown: true }], digits);
    expect(keys(placed)).not.toContain('gone');
    expect(keys(placed)).toEqual(keys(placeColumns([], digits)));
    const all = keys(tableColumnsOf(plain));
    expect(new Set(all).size).toBe(all.length);
  });

  it('has every score, sorted and filtered by its name, and by which way it points', () => {
    const tableColumns = tableColumnsOf(plain);
    const shown = tableColumns.flatMap((column) => (column.score === undefined ? [] : [column]));
    const names = scoreColumnsOf(plain).map(({ name }) => name);
    expect(shown.map(({ score }) => score?.name).sort()).toEqual(names.sort());
    for (const { key, score, sorts, filters, numeric } of shown) {
      expect([key, sorts[0].column, filters[0].column]).toEqual(Array(3).fill(score?.name));
      expect(numeric).toBe(score?.kind === 'figure');
    }
    expect(keys(tableColumns.filter(({ score }) => score !== undefined)).slice(0, 3)).toEqual([
      'val_loss_rif',
      'val_loss_if',
      'loss',
    ]);
  });

  it('has of numeric labels their interval, and sorts and filters the labels as numbers', () => {
    const columns = tableColumnsOf({ labels: 'numbers', issues: [] });
    const labels = columns.find(({ key }) => key === 'labels');
    expect(labels?.sorts.map(({ column }) => column)).toEqual(['given_value', 'suggested_value']);
    expect(labels?.filters.map(({ kind, column }) => [kind, column])).toEqual([
      ['range', 'given_value'],
      ['range', 'suggested_value'],
    ]);
    expect(keys(columns)).toEqual(expect.arrayContaining(['suggested_low', 'suggested_high', 'loo_loss']));
    for (const key of ['given_value', 'suggested_value', 'probability']) expect(keys(columns)).not.toContain(key);
    expect(keys(tableColumnsOf(plain))).not.toContain('suggested_low');
  });
});
