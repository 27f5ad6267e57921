import { type Column, type ColumnRole, type ColumnType, columnTypes } from '../contract/dataset';
import { roleOfFormerLabel } from '../contract/formerLabel';
import { InputError } from '../core/base/errors';
import { findAnnotatorColumns } from './annotatorColumns';
import { findColumn, findColumns } from './findColumns';
import { terminalCell } from './terminalText';

export interface ColumnOptions {
  readonly label?: string;
  readonly id?: string;
  readonly split?: string;
  /** A column, or `none`: whatever was guessed. */
  readonly weight?: string;
  /** Values of the option as given: see `findColumns`. */
  readonly features?: readonly string[];
  readonly ignore?: readonly string[];
  /** A file of vectors, which are the last column: a feature unless it is ignored. */
  readonly embeddings?: string;
  /** "column=type" each. */
  readonly type?: readonly string[];
  /** As `features`: columns of predicted probabilities, instead of those guessed to be some. */
  readonly probabilities?: readonly string[];
  /** Columns with one annotator's labels each: see `findAnnotatorColumns`. They are no features. */
  readonly annotators?: string;
  /** No column is the label, whatever was guessed. One that is named like a label is no feature either. */
  readonly withoutLabel?: boolean;
}

/** A column is for one thing: what two options say of one is not settled by their order. */
function refuseContradictions(
  columns: readonly Column[],
  { label, id, split, weight, features, ignore, probabilities, annotators }: ColumnOptions,
): void {
  const all = (texts: readonly string[] | undefined, option: string): readonly Column[] =>
    (texts ?? []).flatMap((text) => findColumns(columns, text, option));
  const one = (text: string | undefined, option: string): readonly Column[] =>
    text === undefined ? [] : [findColumn(columns, text, option)];
  const roles = [
    ['--label', one(label, '--label')],
    ['--id', one(id, '--id')],
    ['--split', one(split, '--split')],
    ['--weight', weight === 'none' ? [] : one(weight, '--weight')],
  ] as const;
  const saidBefore = new Map<number, string>();
  const say = (option: string, named: readonly Column[]): void => {
    for (const { index, name } of named) {
      const before = saidBefore.get(index) ?? option;
      if (before !== option) {
        throw new InputError(
          `${before} and ${option} both name the column “${terminalCell(name)}”. Name it in one of them.`,
        );
      }
      saidBefore.set(index, option);
    }
  };
  for (const [option, named] of roles) say(option, named);
  if (annotators !== undefined) say('--annotators', findAnnotatorColumns(columns, annotators));
  // Features may be told by naming everything: the label among them stays the label.
  for (const { index } of all(features, '--features')) if (!saidBefore.has(index)) saidBefore.set(index, '--features');
  say('--ignore', all(ignore, '--ignore'));
  say('--probabilities', all(probabilities, '--probabilities'));
}

type Choice = { index: number; role: ColumnRole; type: ColumnType };

/**
 * The columns' roles as the command line asks for them; what it does not name keeps the guess.
 * @throws InputError naming a column that is not there, with the nearest ones, or one that two options name.
 */
export function chooseColumns(columns: readonly Column[], options: ColumnOptions): Choice[] {
  refuseContradictions(columns, options);
  const roles = new Map<number, ColumnRole>(columns.map((column) => [column.index, column.role]));
  const named = (texts: readonly string[], option: string): number[] =>
    texts.flatMap((text) => findColumns(columns, text, option).map(({ index }) => index));
  const formerLabel = (column: Column): ColumnRole =>
    options.features === undefined ? roleOfFormerLabel(column) : 'ignore';
  const single = (role: ColumnRole, name: string | undefined, option: string): void => {
    if (name === undefined) return;
    const chosen = findColumn(columns, name, option);
    for (const column of columns) {
      if (roles.get(column.index) === role) roles.set(column.index, role === 'label' ? formerLabel(column) : 'ignore');
    }
    roles.set(chosen.index, role);
  };
  if (options.features !== undefined) {
    const wanted = new Set(named(options.features, '--features'));
    if (options.embeddings !== undefined) wanted.add(columns[columns.length - 1].index);
    for (const [index, role] of roles) {
      if (wanted.has(index)) roles.set(index, 'feature');
      else if (role === 'feature') roles.set(index, 'ignore');
    }
  }
  for (const index of named(options.ignore ?? [], '--ignore')) roles.set(index, 'ignore');
  if (options.probabilities !== undefined) {
    for (const [index, role] of roles) if (role === 'probability') roles.set(index, 'ignore');
    for (const index of named(options.probabilities, '--probabilities')) roles.set(index, 'probability');
  }
  if (options.annotators !== undefined) {
    for (const { index } of findAnnotatorColumns(columns, options.annotators)) roles.set(index, 'ignore');
  }
  if (options.withoutLabel === true) {
    for (const column of columns) {
      if (roles.get(column.index) === 'label') roles.set(column.index, formerLabel(column));
    }
  }
  single('label', options.label, '--label');
  single('id', options.id, '--id');
  single('split', options.split, '--split');
  if (options.weight === 'none') {
    for (const [index, role] of roles) if (role === 'weight') roles.set(index, 'ignore');
  } else single('weight', options.weight, '--weight');
  const types = readTypes(columns, options.type ?? []);
  return columns.map((column) => ({
    index: column.index,
    role: roles.get(column.index) ?? column.role,
    type: types.get(column.index) ?? column.type,
  }));
}

/** @throws InputError where a column or a type is not there, or two are said of one column. */
function readTypes(columns: readonly Column[], texts: readonly string[]): ReadonlyMap<number, ColumnType> {
  const types = new Map<number, ColumnType>();
  for (const text of texts) {
    const cut = text.lastIndexOf('=');
    const type = columnTypes.find((name) => name === text.slice(cut + 1).trim());
    if (cut < 0 || type === undefined) {
      throw new InputError(
        `--type “${terminalCell(text)}”: write column=type, the type being one of ${columnTypes.join(', ')}.`,
      );
    }
    const { index, name } = findColumn(columns, text.slice(0, cut), '--type');
    if ((types.get(index) ?? type) !== type) {
      throw new InputError(`--type says two things of the column “${terminalCell(name)}”. Say one.`);
    }
    types.set(index, type);
  }
  return types;
}
