import { InputError } from '../../core/base/errors';
import { visibleText } from '../../core/base/visibleText';
import { IdLookup } from './idLookup';
import type { NameableRows } from './removalFile';

/** Rows said of an id that several have. */
const saidRows = 5;

/**
 * The row that a text names: the one with this id, where a column is the id and holds it; else the one of this number,
 * counted from 0. `row:12` is always a number, unless it is an id. O(n).
 * @throws InputError where no row is called so, or several are; it begins with `said`, as what the text was given.
 */
export function findRow(text: string, { rowCount, ids }: NameableRows, said: string): number {
  const named = ids === undefined ? undefined : new IdLookup(ids).find(text);
  if (named !== undefined) {
    if (named.length === 1) return named[0];
    const some = named.slice(0, saidRows).join(', ');
    throw new InputError(
      `${said}: ${named.length} rows have the id “${shown(text)}”: ${some}${named.length > saidRows ? ', …' : ''}. ` +
        `Name one by its number: row:${named[0]}.`,
    );
  }
  const number = /^\s*(?:row:)?(\d+)\s*$/.exec(text);
  const row = Number(number?.[1] ?? Number.NaN);
  if (row < rowCount) return row;
  throw new InputError(
    `${said}: there is no row “${shown(text)}”: ${ids === undefined ? 'no column is the id' : 'no row has this id'}, and rows are numbered 0 to ` +
      `${rowCount - 1}.`,
  );
}

function shown(text: string): string {
  return visibleText(text, { limit: 120, keepBlanks: true });
}
