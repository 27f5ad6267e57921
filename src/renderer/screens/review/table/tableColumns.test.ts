import { describe, expect, it } from 'vitest';
import { scoreColumns } from '../../../../contract/scoreColumns';
import { placeColumns, tableColumns, withColumn } from './tableColumns';

const keys = (columns: readonly { key: string }[]) => columns.map(({ key }) => key);

describe('columns of the ranked table', () => {
  it('pins rank, picture and id at the left, one after the other', () => {
    const placed = placeColumns([], true);
    expect(keys(placed).slice(0, 3)).toEqual(['rank', 'picture', 'id']);
    expect(placed[0].left).toBe(0);
    expect(placed[2].left).toBe(placed[0].width + placed[1].width);
    expect(placed.findIndex(({ pinned }) => !pinned)).toBe(3);
  });

  it('has no picture column without pictures', () => {
    expect(keys(placeColumns([], false))).not.toContain('picture');
  });

  it('remembers widths and visibility, within bounds', () => {
    let layout = withColumn([], 'loss', { shown: true });
    layout = withColumn(layout, 'loss', { width: 3 });
    layout = withColumn(layout, 'reasons', { shown: false });
    const placed = placeColumns(layout, false);
    expect(placed.find(({ key }) => key === 'loss')?.width).toBe(56);
    expect(keys(placed)).not.toContain('reasons');
    expect(layout).toHaveLength(2);
  });

  it('keeps columns it does not know out, and its order whatever was remembered', () => {
    const placed = placeColumns([{ key: 'gone', width: 10, shown: true }], true);
    expect(keys(placed)).not.toContain('gone');
    expect(keys(placed)).toEqual(keys(placeColumns([], true)));
    expect(new Set(keys(tableColumns)).size).toBe(tableColumns.length);
  });

  it('has every score, sorted and filtered by its name, and by which way it points', () => {
    const shown = tableColumns.flatMap((column) => (column.score === undefined ? [] : [column]));
    expect(shown.map(({ score }) => score?.name).sort()).toEqual(scoreColumns.map(({ name }) => name).sort());
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
});
