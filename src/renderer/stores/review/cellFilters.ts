import type { CellValue } from '../../../contract/cellFilters';
import type { Filter, Query } from '../../../contract/review';

/** What a value of a column is asked for: rows that have it, or rows that do not. */
export type ValueChoice = 'include' | 'exclude';

type CellsFilter = Extract<Filter, { kind: 'cells' }>;
type TextFilter = Extract<Filter, { kind: 'cell-text' }>;

/** Whether two values are the same cell. */
export function sameValue(one: CellValue, other: CellValue): boolean {
  if (typeof one === 'string' || typeof other === 'string') return one === other;
  return one.row === other.row;
}

function valuesFilter(query: Query, column: number, choice: ValueChoice): CellsFilter | undefined {
  return query.filters.find(
    (one): one is CellsFilter =>
      one.kind === 'cells' && one.column === column && (one.inverted === true) === (choice === 'exclude'),
  );
}

export function chosenValues(query: Query, column: number, choice: ValueChoice): readonly CellValue[] {
  return valuesFilter(query, column, choice)?.values ?? [];
}

/** Asks for a value, or no longer; what is included is not excluded, and the other way round. */
export function toggleValue(query: Query, column: number, value: CellValue, choice: ValueChoice): Query {
  const rest = withoutValue(query, column, value, choice === 'include' ? 'exclude' : 'include');
  if (chosenValues(rest, column, choice).some((one) => sameValue(one, value))) {
    return withoutValue(rest, column, value, choice);
  }
  return withValues(rest, column, choice, [...chosenValues(rest, column, choice), value]);
}

function withoutValue(query: Query, column: number, value: CellValue, choice: ValueChoice): Query {
  const values = chosenValues(query, column, choice).filter((one) => !sameValue(one, value));
  return withValues(query, column, choice, values);
}

function withValues(query: Query, column: number, choice: ValueChoice, values: readonly CellValue[]): Query {
  const before = valuesFilter(query, column, choice);
  const inverted = choice === 'exclude' ? { inverted: true } : {};
  return replaced(
    query,
    before,
    values.length === 0 ? undefined : { ...inverted, kind: 'cells', column, values: [...values] },
  );
}

/** Puts a filter in the place of another: chips stay in their order. */
function replaced(query: Query, before: Filter | undefined, after: Filter | undefined): Query {
  if (before === undefined) return after === undefined ? query : { ...query, filters: [...query.filters, after] };
  return {
    ...query,
    filters: query.filters.flatMap((one) => (one !== before ? [one] : after === undefined ? [] : [after])),
  };
}

export function cellRange(query: Query, column: number): { readonly min: number | null; readonly max: number | null } {
  const filter = query.filters.find((one) => one.kind === 'cell-range' && one.column === column);
  return filter?.kind === 'cell-range' ? { min: filter.min, max: filter.max } : { min: null, max: null };
}

/** Holds a column between two ends; without any it is not filtered. An inverted filter stays inverted. */
export function withCellRange(query: Query, column: number, min: number | null, max: number | null): Query {
  const before = query.filters.find((one) => one.kind === 'cell-range' && one.column === column);
  const after: Filter | undefined =
    min === null && max === null ? undefined : { ...before, kind: 'cell-range', column, min, max };
  return replaced(query, before, after);
}

export function textFilters(query: Query, column: number): readonly TextFilter[] {
  return query.filters.filter((one): one is TextFilter => one.kind === 'cell-text' && one.column === column);
}

/** Looks for one more text in a column. */
export function withCellText(query: Query, column: number, match: TextFilter['match'], text: string): Query {
  const isThere = textFilters(query, column).some((one) => one.match === match && one.text === text);
  return isThere ? query : { ...query, filters: [...query.filters, { kind: 'cell-text', column, match, text }] };
}

/** missing: only rows whose cell is missing · present: only the others · any: both. */
export type MissingChoice = 'any' | 'missing' | 'present';

export function missingChoice(query: Query, column: number): MissingChoice {
  const filter = query.filters.find((one) => one.kind === 'cell-missing' && one.column === column);
  return filter === undefined ? 'any' : filter.inverted === true ? 'present' : 'missing';
}

export function withMissing(query: Query, column: number, choice: MissingChoice): Query {
  const before = query.filters.find((one) => one.kind === 'cell-missing' && one.column === column);
  const inverted = choice === 'present' ? { inverted: true } : {};
  return replaced(query, before, choice === 'any' ? undefined : { ...inverted, kind: 'cell-missing', column });
}

/** Lets through what the filter did not, and the other way round. */
export function invertFilter(query: Query, filter: Filter): Query {
  const { inverted, ...plain } = filter;
  return replaced(query, filter, inverted === true ? plain : { ...plain, inverted: true });
}
