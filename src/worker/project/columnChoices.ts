import * as z from 'zod';
import { type Column, columnRoleSchema, columnTypeSchema } from '../../contract/dataset';
import type { EngineParsedParams } from '../../contract/engineApi';
import { roleOfFormerLabel } from '../../contract/formerLabel';
import { InputError } from '../../core/base/errors';

/** What the analyst says of one column. */
export type ColumnChoice = EngineParsedParams<'dataset.setColumns'>['columns'][number];

/** Roles that at most one column can have. */
const singleRoles = ['id', 'label', 'split', 'weight'] as const;

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
          other.role = choice.role === 'label' ? roleOfFormerLabel(other) : 'ignore';
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

/** What the analyst said of a column, by its name: it holds when the file is read another way. */
export const namedChoiceSchema = z.object({ name: z.string(), role: columnRoleSchema, type: columnTypeSchema });
export type NamedChoice = z.infer<typeof namedChoiceSchema>;

/** What became of columns by a choice, its consequences for others included, over earlier choices. */
export function rememberChoices(
  earlier: readonly NamedChoice[],
  before: readonly Column[],
  after: readonly Column[],
): NamedChoice[] {
  const changed = after.filter(({ role, type }, place) => role !== before[place].role || type !== before[place].type);
  const names = new Set(changed.map(({ name }) => name));
  return [
    ...earlier.filter(({ name }) => !names.has(name)),
    ...changed.map(({ name, role, type }) => ({ name, role, type })),
  ];
}

/** The columns with the choices made for columns of the same names; those of other columns rest. */
export function recallChoices(columns: readonly Column[], choices: readonly NamedChoice[]): Column[] {
  const chosen = new Map(choices.map((choice) => [choice.name, choice] as const));
  return applyChoices(
    columns,
    columns.flatMap(({ index, name }): ColumnChoice[] => {
      const choice = chosen.get(name);
      return choice === undefined ? [] : [{ index, role: choice.role, type: choice.type }];
    }),
  );
}
