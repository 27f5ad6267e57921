import type { Column, ColumnRole, ColumnType } from '../contract/dataset';
import { findColumn, findColumns } from './findColumns';

export interface ColumnOptions {
  readonly label?: string;
  readonly id?: string;
  readonly split?: string;
  /** Values of the option as given: see `findColumns`. */
  readonly features?: readonly string[];
  readonly ignore?: readonly string[];
}

type Choice = { index: number; role: ColumnRole; type: ColumnType };

/**
 * The columns' roles as the command line asks for them; what it does not name keeps the guess.
 * @throws InputError naming a column that is not there, with the nearest ones.
 */
export function chooseColumns(columns: readonly Column[], options: ColumnOptions): Choice[] {
  const roles = new Map<number, ColumnRole>(columns.map((column) => [column.index, column.role]));
  const named = (texts: readonly string[], option: string): number[] =>
    texts.flatMap((text) => findColumns(columns, text, option).map(({ index }) => index));
  const single = (role: ColumnRole, name: string | undefined, option: string): void => {
    if (name === undefined) return;
    const chosen = findColumn(columns, name, option);
    for (const [index, current] of roles) if (current === role) roles.set(index, 'ignore');
    roles.set(chosen.index, role);
  };
  if (options.features !== undefined) {
    const wanted = new Set(named(options.features, '--features'));
    for (const [index, role] of roles) {
      if (wanted.has(index)) roles.set(index, 'feature');
      else if (role === 'feature') roles.set(index, 'ignore');
    }
  }
  for (const index of named(options.ignore ?? [], '--ignore')) roles.set(index, 'ignore');
  single('label', options.label, '--label');
  single('id', options.id, '--id');
  single('split', options.split, '--split');
  return columns.map((column) => ({
    index: column.index,
    role: roles.get(column.index) ?? column.role,
    type: typeFor(column, roles.get(column.index) ?? column.role),
  }));
}

/** A text column that is named as a feature is taken as categories: there is no other way to use it. */
function typeFor(column: Column, role: ColumnRole): ColumnType {
  return role === 'feature' && column.type === 'text' ? 'category' : column.type;
}
