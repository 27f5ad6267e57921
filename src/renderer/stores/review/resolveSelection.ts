import type { Selection } from '../../../contract/review';
import { InputError } from '../../../core/base/errors';
import { complement, type IndexSelection } from './selectionModel';

/** Rows a list may name (see selectionSchema). */
const maxListedRows = 200_000;

/**
 * The selected places of a view as the engine is told of them. "Everything" and "everything but a few" name the view
 * and the few, whatever its size; else the rows are listed, read by `rowNumbers` where they are not known.
 *
 * @throws InputError when more rows would have to be listed than the engine takes
 */
export async function resolveSelection(
  selection: IndexSelection,
  view: { readonly viewId: string; readonly total: number },
  rowNumbers: (start: number, end: number) => Promise<number[]>,
): Promise<Selection> {
  const rest = complement(selection, view.total);
  const byView = selection.count > 1 && rest.count < selection.count;
  const listed = byView ? rest : selection;
  if (listed.count > maxListedRows) {
    throw new InputError(
      `This selection would have to name ${listed.count} rows; at most ${maxListedRows} can be named. ` +
        'Filter the table to the rows you mean and select all of them instead.',
    );
  }
  const rows: number[] = [];
  for (const { start, end } of listed.ranges) {
    for (const row of await rowNumbers(start, end)) rows.push(row);
  }
  return byView ? { kind: 'view', viewId: view.viewId, except: rows } : { kind: 'rows', rows };
}
