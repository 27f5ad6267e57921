import type { Column } from '../contract/dataset';
import type { EngineParsedParams } from '../contract/engineApi';
import { InputError } from '../core/base/errors';

/** What the analyst says of one column. */
export type ColumnChoice = EngineParsedParams<'dataset.setColumns'>['columns'][number];

/** Roles that at most one column can have. */
const singleRoles = ['id', 'label', 'split'] as const;

/** The columns with the analyst's choices; a role that only one column can have leaves the column that had it. */
export function applyChoices(columns: readonly Column[], choices: readonly ColumnChoice[]): Column[] {
  const next = columns.map((column) => ({ ...column }));
  for (const choice of choices) {
    const column = next.find(({ index }) => index === choice.index);
    if (column === undefined) throw new InputError(`There is no column ${choice.index + 1}.`);
    if (column.role !== choice.role || column.type !== choice.type) column.reason = '';
    if (column.role !== choice.role && singleRoles.some((role) => role === choice.role)) {
      for (const other of next) {
        if (
          other.role === choice.role &&
          !choices.some(({ index, role }) => index === other.index && role === other.role)
        ) {
          other.role = 'ignore';
          other.reason = '';
        }
      }
    }
    column.role = choice.role;
    column.type = choice.type;
  }
  for (const role of singleRoles) {
    const having = next.filter((column) => column.role === role);
    if (having.length > 1) {
      throw new InputError(
        `Only one column can be the ${role}; these are: ${having.map(({ name }) => name).join(', ')}.`,
      );
    }
  }
  return next;
}

/** Earlier choices with later ones over them. */
export function mergeChoices(old: readonly ColumnChoice[], added: readonly ColumnChoice[]): ColumnChoice[] {
  return [...old.filter((choice) => !added.some(({ index }) => index === choice.index)), ...added];
}
