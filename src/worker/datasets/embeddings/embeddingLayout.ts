import type { Column } from '../../../contract/dataset';
import { InputError } from '../../../core/base/errors';
import { formatCount, formatPlural } from '../../../core/base/format';
import { listed } from '../../../core/base/listed';
import { quoteCell } from '../cells/cellText';
import { plainDigits, styleOf } from '../cells/numberStyle';
import { parseVector } from '../cells/vectorText';

/** Where a table has ids and vectors; places are those of its columns. */
export interface EmbeddingLayout {
  readonly id: number;
  /** A column of lists of numbers, or several columns with a number each, in the order of the vector. */
  readonly vector: readonly number[];
  readonly isList: boolean;
  /** Numbers of a vector. */
  readonly numbers: number;
  /** Names of columns that are neither. */
  readonly unused: readonly string[];
}

const numbered = /^(.*?)(\d{1,9})$/s;

/**
 * Where a table has ids and vectors: the ids in a column called as those of the data, one that looks like an id, or the
 * only one of names; the vectors in its only column of lists, or in the columns of one name with running numbers
 * (emb_0, emb_1 …), or in all columns of numbers.
 * @param idName What the id of the data is called.
 * @throws InputError where there are no ids or no vectors, or several lists.
 */
export function findEmbeddingLayout(file: string, columns: readonly Column[], idName: string): EmbeddingLayout {
  const plain = (name: string): string => name.trim().toLowerCase();
  const id =
    columns.find(({ name }) => name === idName) ??
    columns.find(({ name }) => plain(name) === plain(idName)) ??
    columns.find(({ role }) => role === 'id') ??
    onlyNames(columns);
  if (id === undefined) {
    throw new InputError(
      `${file} has no column “${idName}”, as the id of the data is called, and none that looks like an id: ${listed(columns.map(({ name }) => `“${name}”`))}. Give its column of ids that name.`,
    );
  }
  const others = columns.filter((column) => column !== id);
  const lists = others.filter(({ type }) => type === 'vector');
  if (lists.length > 1) {
    throw new InputError(
      `${file} has ${formatCount(lists.length)} columns of lists: ${listed(lists.map(({ name }) => `“${name}”`))}. Keep the one that is the embedding.`,
    );
  }
  const isList = lists.length === 1;
  const chosen = isList ? lists : findNumbers(others);
  if (!isList && chosen.length < 2) {
    throw new InputError(
      `${file} has no vectors: beside its ids (“${id.name}”) it needs a column of lists of numbers, or a column for each number (emb_0, emb_1 …).`,
    );
  }
  return {
    id: id.index,
    vector: chosen.map(({ index }) => index),
    isList,
    numbers: isList ? (chosen[0].numbers ?? 0) : chosen.length,
    unused: others.filter((column) => !chosen.includes(column)).map(({ name }) => name),
  };
}

/** The only column of neither numbers nor lists, as one of paths. */
function onlyNames(columns: readonly Column[]): Column | undefined {
  const names = columns.filter(({ type }) => type === 'text' || type === 'category' || type === 'picture');
  return names.length === 1 ? names[0] : undefined;
}

/** Columns of one name and running numbers, by these, where there is one such name; else all columns of numbers. */
function findNumbers(columns: readonly Column[]): Column[] {
  const byPrefix = new Map<string, { readonly column: Column; readonly number: number }[]>();
  for (const column of columns) {
    const [, prefix, digits] = numbered.exec(column.name) ?? [];
    if (prefix === undefined) continue;
    byPrefix.set(prefix, [...(byPrefix.get(prefix) ?? []), { column, number: Number(digits) }]);
  }
  const groups = [...byPrefix.values()].filter(({ length }) => length > 1);
  if (groups.length === 1) return groups[0].sort((a, b) => a.number - b.number).map(({ column }) => column);
  return columns.filter(({ type }) => type === 'number' || type === 'integer' || type === 'boolean');
}

/** The cells of a row as a list of numbers, or why they are none: a clause. */
export type VectorCell = { readonly list: string } | { readonly trouble: string };

/** @param columns As all rows show them: how their numbers are written. */
export function vectorReader(
  layout: EmbeddingLayout,
  columns: readonly Column[],
): (cells: readonly string[]) => VectorCell {
  const { vector, isList, numbers } = layout;
  if (isList) {
    return (cells) => {
      const list = cells[vector[0]] ?? '';
      if (parseVector(list)?.length === numbers) return { list: list.trim() };
      return { trouble: `has no list of ${formatCount(numbers)} numbers (${quoteCell(list)})` };
    };
  }
  const styles = vector.map((index) => styleOf(columns[index]));
  return (cells) => {
    // Their digits as they are written: what they are is read where features are made of them.
    const found = vector.map((index, k) => plainDigits(cells[index] ?? '', styles[k]));
    const bad = found.findIndex(isNoNumber);
    if (bad === -1) return { list: `[${found.join(',')}]` };
    const count = found.filter(isNoNumber).length;
    const example = `${quoteCell(cells[vector[bad]] ?? '')} in ${columns[vector[bad]].name}`;
    return { trouble: `has ${formatPlural(count, 'cell that is', 'cells that are')} no number (${example})` };
  };
}

function isNoNumber(digits: string | null): boolean {
  return digits === null || !Number.isFinite(Number(digits));
}
