import { randomUUID } from 'node:crypto';
import type { Query, Selection } from '../../contract/review';
import { InputError } from '../../core/base/errors';

interface OpenView {
  readonly rows: Int32Array;
  readonly query: Query;
  /** Place in the view by row number, −1 = not in it; made when first asked for. */
  places: Int32Array | undefined;
}

const keptViews = 8;

/**
 * The orders of rows that the window has open. A view never changes: rows that are decided stay where they are until
 * the window opens another one. The oldest are forgotten.
 */
export class Views {
  readonly #views = new Map<string, OpenView>();

  add(rows: Int32Array, query: Query): string {
    // Never the same in two projects: a question about a view of the one must find nothing in the other.
    const id = `view-${randomUUID()}`;
    this.#views.set(id, { rows, query, places: undefined });
    for (const oldest of this.#views.keys()) {
      if (this.#views.size <= keptViews) break;
      this.#views.delete(oldest);
    }
    return id;
  }

  /** @throws InputError when the view was forgotten; the window then opens it again. */
  rows(id: string): Int32Array {
    return this.#get(id).rows;
  }

  indexOf(id: string, row: number): number | undefined {
    const view = this.#get(id);
    if (view.places === undefined) {
      view.places = placesOf(view.rows);
    }
    const place = view.places[row] ?? -1;
    return place < 0 ? undefined : place;
  }

  /** The rows a selection means, in the view's order or as listed; duplicates dropped. */
  expand(selection: Selection): Int32Array {
    if (selection.kind === 'rows') return Int32Array.from(new Set(selection.rows));
    const rows = this.rows(selection.viewId);
    if (selection.except.length === 0) return rows;
    const except = new Set(selection.except);
    return rows.filter((row) => !except.has(row));
  }

  clear(): void {
    this.#views.clear();
  }

  #get(id: string): OpenView {
    const view = this.#views.get(id);
    if (view === undefined) {
      throw new InputError('This list of rows is out of date. It is opened again.', { details: { expiredView: true } });
    }
    // Looked at last is forgotten last.
    this.#views.delete(id);
    this.#views.set(id, view);
    return view;
  }
}

/** Loops, not callbacks: a list may have a million rows, and each filter makes another one. */
function placesOf(rows: Int32Array): Int32Array {
  let last = -1;
  for (let at = 0; at < rows.length; at++) last = Math.max(last, rows[at]);
  const places = new Int32Array(last + 1).fill(-1);
  for (let at = 0; at < rows.length; at++) places[rows[at]] = at;
  return places;
}
