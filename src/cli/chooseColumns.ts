import type { Column, ColumnRole, ColumnType } from '../contract/dataset';
import { InputError } from '../core/base/errors';

export interface ColumnOptions {
  readonly label?: string;
  readonly id?: string;
  readonly split?: string;
  readonly features?: readonly string[];
  readonly ignore?: readonly string[];
}

type Choice = { index: number; role: ColumnRole; type: ColumnType };

/**
 * The columns' roles as the command line asks for them; what it does not name keeps the guess.
 * @throws InputError naming a column that is not there, with the ones that are.
 */
export function chooseColumns(columns: readonly Column[], options: ColumnOptions): Choice[] {
  const find = (name: string, option: string): Column => {
    const column = columns.find((candidate) => candidate.name === name);
    if (column === undefined) {
      const names = columns.map((candidate) => candidate.name);
      const shown =
        names.length > 30 ? `${names.slice(0, 30).join(', ')}, … (${names.length} in all)` : names.join(', ');
      throw new InputError(`${option}: there is no column “${name}”. The columns are: ${shown}.`, {
        details: { column: name },
      });
    }
    return column;
  };
  const roles = new Map<number, ColumnRole>(columns.map((column) => [column.index, column.role]));
  const single = (role: ColumnRole, name: string | undefined, option: string): void => {
    if (name === undefined) return;
    const chosen = find(name, option);
    for (const [index, current] of roles) if (current === role) roles.set(index, 'ignore');
    roles.set(chosen.index, role);
  };
  if (options.features !== undefined) {
    const wanted = new Set(options.features.map((name) => find(name, '--features').index));
    for (const [index, role] of roles) {
      if (wanted.has(index)) roles.set(index, 'feature');
      else if (role === 'feature') roles.set(index, 'ignore');
    }
  }
  options.ignore?.forEach((name) => roles.set(find(name, '--ignore').index, 'ignore'));
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
