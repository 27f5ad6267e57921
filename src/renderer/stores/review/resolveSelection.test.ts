import { describe, expect, it } from 'vitest';
import { resolveSelection } from './resolveSelection';
import { emptySelection, selectAll, selectSpan, toggle, unite } from './selectionModel';

const view = { viewId: 'v', total: 1_000_000 };
const asked: number[] = [];
/** Place p holds row 10p. */
const rowNumbers = (start: number, end: number) => {
  asked.push(end - start);
  return Promise.resolve(Array.from({ length: end - start }, (_, index) => 10 * (start + index)));
};

describe('resolveSelection', () => {
  it('names a view whole without reading a row', async () => {
    asked.length = 0;
    expect(await resolveSelection(selectAll(view.total), view, rowNumbers)).toEqual({
      kind: 'view',
      viewId: 'v',
      except: [],
    });
    expect(asked).toEqual([]);
  });

  it('names the few that are not meant', async () => {
    const selection = toggle(toggle(selectAll(view.total), 5), 7);
    expect(await resolveSelection(selection, view, rowNumbers)).toEqual({
      kind: 'view',
      viewId: 'v',
      except: [50, 70],
    });
  });

  it('lists the rows of a smaller selection', async () => {
    const selection = unite(selectSpan(2, 3), selectSpan(9, 9));
    expect(await resolveSelection(selection, view, rowNumbers)).toEqual({ kind: 'rows', rows: [20, 30, 90] });
    expect(await resolveSelection(emptySelection, view, rowNumbers)).toEqual({ kind: 'rows', rows: [] });
  });

  it('keeps the only row of a view a row', async () => {
    const one = { viewId: 'v', total: 1 };
    expect(await resolveSelection(selectAll(1), one, rowNumbers)).toEqual({ kind: 'rows', rows: [0] });
  });

  it('refuses what would be too long to name, and says what to do', async () => {
    await expect(resolveSelection(selectSpan(0, 400_000), view, rowNumbers)).rejects.toThrow(/Filter the table/);
  });
});
