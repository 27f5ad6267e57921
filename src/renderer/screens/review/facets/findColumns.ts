import type { Column } from '../../../../contract/dataset';

/** Columns offered at a time. */
const mostFound = 100;

/**
 * Columns whose names contain what is typed, case ignored, in the order of the file, those that begin with it first;
 * without those that are shown already.
 */
export function findColumns<Named extends Pick<Column, 'index' | 'name'>>(
  columns: readonly Named[],
  typed: string,
  shown: readonly number[],
): Named[] {
  const wanted = typed.trim().toLowerCase();
  const found = columns.filter(({ index, name }) => !shown.includes(index) && name.toLowerCase().includes(wanted));
  const begins = ({ name }: Named): boolean => name.toLowerCase().startsWith(wanted);
  return [...found.filter(begins), ...found.filter((column) => !begins(column))].slice(0, mostFound);
}
