import { InputError } from '../../src/core/base/errors';
import type { StoredRows } from '../../src/core/base/featureRows';

/** The first n of more rows, without a copy. */
export function firstRows(all: StoredRows, n: number): StoredRows {
  if (n > all.rows) throw new InputError(`There are ${all.rows} rows, not ${n}.`);
  if (n === all.rows) return all;
  return {
    rows: n,
    columns: all.columns,
    element: all.element,
    read(from, count, out) {
      if (from + count > n) throw new InputError(`Rows up to ${from + count} of ${n} were asked for.`);
      all.read(from, count, out);
    },
  };
}
