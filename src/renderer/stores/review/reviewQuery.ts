import type { Filter, NumberColumn, Query, Queue, ReviewColumn } from '../../../contract/review';
import { scoreColumns } from '../../../contract/scoreColumns';
import { listedFrom } from '../../../core/base/listedFrom';

/** Filters over words: what a facet or a column's list of values makes. */
export type WordColumn = Extract<Filter, { kind: 'in' }>['column'];

/** What Review shows before anyone has chosen: undecided suspects, most suspicious first. */
export const defaultQuery: Query = {
  queue: 'pending',
  threshold: listedFrom,
  filters: [],
  search: '',
  sort: [{ column: 'rank', descending: false }],
};

/** Queues whose rows change with the threshold. */
export function dependsOnThreshold(queue: Queue): boolean {
  return queue === 'pending' || queue === 'evaluation';
}

export function wordFilter(query: Query, column: WordColumn): readonly string[] {
  const filter = query.filters.find((one) => one.kind === 'in' && one.column === column);
  return filter?.kind === 'in' ? filter.values : [];
}

export function rangeFilter(query: Query, column: NumberColumn): { min: number | null; max: number | null } | null {
  const filter = query.filters.find((one) => one.kind === 'range' && one.column === column);
  return filter?.kind === 'range' ? { min: filter.min, max: filter.max } : null;
}

function without(query: Query, kind: Filter['kind'], column: string): Filter[] {
  return query.filters.filter((one) => one.kind !== kind || one.column !== column);
}

/** A filter that is changed stays inverted, where it is. */
function invertedAs(query: Query, kind: Filter['kind'], column: string): Pick<Filter, 'inverted'> {
  const before = query.filters.find((one) => one.kind === kind && one.column === column);
  return before?.inverted === true ? { inverted: true } : {};
}

/** The query with these values asked of a column; none = the column is not filtered. */
export function withWords(query: Query, column: WordColumn, values: readonly string[]): Query {
  const others = without(query, 'in', column);
  return {
    ...query,
    filters:
      values.length === 0
        ? others
        : [...others, { ...invertedAs(query, 'in', column), kind: 'in', column, values: [...values] }],
  };
}

/** Adds a value to a column's filter or takes it out: what a click on a facet does. */
export function toggleWord(query: Query, column: WordColumn, value: string): Query {
  const values = wordFilter(query, column);
  return withWords(query, column, values.includes(value) ? values.filter((one) => one !== value) : [...values, value]);
}

/** The query with a column held between two bounds (both included); both null = the column is not filtered. */
export function withRange(query: Query, column: NumberColumn, min: number | null, max: number | null): Query {
  const others = without(query, 'range', column);
  return {
    ...query,
    filters:
      min === null && max === null
        ? others
        : [...others, { ...invertedAs(query, 'range', column), kind: 'range', column, min, max }],
  };
}

export function withoutFilter(query: Query, filter: Filter): Query {
  return { ...query, filters: query.filters.filter((one) => one !== filter) };
}

export function hasFilters(query: Query): boolean {
  return query.filters.length > 0 || query.search !== '';
}

/** Columns of numbers where "first" means large: they sort downwards on the first click. */
const downwardsFirst: ReadonlySet<ReviewColumn> = new Set([
  'suspicion',
  ...scoreColumns.filter(({ first }) => first === 'large').map(({ name }) => name),
]);

/**
 * The query after a click on a column's header: once sorts, twice turns the order round, three times takes it away.
 * With `add` (Shift) the column joins the others as the last to decide.
 */
export function sortBy(query: Query, column: ReviewColumn, add: boolean): Query {
  const first = downwardsFirst.has(column);
  const present = query.sort.find((one) => one.column === column);
  // The default order decides every tie by itself: a column added behind it would do nothing.
  const chosen = query.sort.length === 1 && query.sort[0].column === 'rank' ? [] : query.sort;
  const others = add ? chosen.filter((one) => one.column !== column) : [];
  if (present === undefined || (!add && query.sort.length > 1)) {
    return { ...query, sort: [...others, { column, descending: first }] };
  }
  if (present.descending === first) {
    const turned = { column, descending: !first };
    return { ...query, sort: add ? query.sort.map((one) => (one === present ? turned : one)) : [turned] };
  }
  return { ...query, sort: others.length > 0 ? others : [...defaultQuery.sort] };
}
