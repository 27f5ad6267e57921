import type { CellValue } from '../../../../contract/cellFilters';
import type { Column } from '../../../../contract/dataset';
import type { Filter } from '../../../../contract/review';
import { scoreColumns } from '../../../../contract/scoreColumns';
import { formatDay } from '../../../format/days';

const names: Readonly<Record<string, string>> = {
  given_label: 'given',
  suggested_label: 'suggested',
  reasons: 'reason',
  ...Object.fromEntries(scoreColumns.map(({ name, title, longTitle }) => [name, longTitle ?? title])),
};

/** What a filter asks of a column of the data. */
type NamedColumn = Pick<Column, 'name' | 'type'>;

/**
 * A filter as its chip says it: "given: 3, 8", "loss ≥ 1.5", "0.2 ≤ leverage ≤ 0.9", "city is missing"; inverted:
 * "given: not 3, 8", "not 0.2 ≤ leverage ≤ 0.9".
 * @param columns of the data, by their places
 */
export function describeFilter(filter: Filter, columns: readonly NamedColumn[]): string {
  const isNot = filter.inverted === true;
  const not = isNot ? 'not ' : '';
  const { name, type } = columnOf(filter, columns);
  switch (filter.kind) {
    case 'rows':
      return `${not}${filter.words}`;
    case 'list':
      return isNot ? `not in the list ${filter.words}` : `list: ${filter.words}`;
    case 'in':
      return `${name}: ${not}${filter.values.map((value) => (value === '' ? '(none)' : value)).join(', ')}`;
    case 'cells':
      return `${name}: ${not}${filter.values.map(describeValue).join(', ')}`;
    case 'range':
    case 'cell-range':
      return `${not}${describeRange(name, filter, type === 'date' ? formatDay : figure)}`;
    case 'cell-text':
      return `${name} ${textWords[filter.match][isNot ? 1 : 0]} “${filter.text}”`;
    case 'cell-missing':
      return `${name} is ${not}missing`;
  }
}

const textWords = {
  contains: ['contains', 'does not contain'],
  word: ['has the word', 'does not have the word'],
  expression: ['matches', 'does not match'],
} as const;

function columnOf({ column }: Filter, columns: readonly NamedColumn[]): { name: string; type: string } {
  if (typeof column !== 'number') return { name: names[column] ?? column, type: '' };
  return columns[column] ?? { name: `column ${column + 1}`, type: '' };
}

/** A cell in a list of them: blank ones and the beginnings of long ones as words say them. */
export function describeValue(value: CellValue): string {
  if (typeof value !== 'string') return `${value.begins}…`;
  if (value === '') return '(blank)';
  return value.trim() === '' ? `(${value.length} blanks)` : value;
}

function describeRange(
  name: string,
  { min, max }: { readonly min: number | null; readonly max: number | null },
  say: (value: number) => string,
): string {
  if (min !== null && max !== null) return `${say(min)} ≤ ${name} ≤ ${say(max)}`;
  if (min !== null) return `${name} ≥ ${say(min)}`;
  if (max !== null) return `${name} ≤ ${say(max)}`;
  return `${name}: any`;
}

function figure(value: number): string {
  return String(value).replace(/-/g, '−');
}
