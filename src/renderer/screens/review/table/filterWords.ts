import type { Filter } from '../../../../contract/review';
import { scoreColumns } from '../../../../contract/scoreColumns';

const names: Readonly<Record<string, string>> = {
  given_label: 'given',
  suggested_label: 'suggested',
  reasons: 'reason',
  ...Object.fromEntries(scoreColumns.map(({ name, title, longTitle }) => [name, longTitle ?? title])),
};

/** A filter as its chip says it: "given: 3, 8", "loss ≥ 1.5", "0.2 ≤ leverage ≤ 0.9". */
export function describeFilter(filter: Filter): string {
  if (filter.kind === 'rows') return filter.words;
  const name = names[filter.column] ?? filter.column;
  if (filter.kind === 'in')
    return `${name}: ${filter.values.map((value) => (value === '' ? '(none)' : value)).join(', ')}`;
  const { min, max } = filter;
  if (min !== null && max !== null) return `${figure(min)} ≤ ${name} ≤ ${figure(max)}`;
  if (min !== null) return `${name} ≥ ${figure(min)}`;
  if (max !== null) return `${name} ≤ ${figure(max)}`;
  return name;
}

function figure(value: number): string {
  return String(value).replace(/-/g, '−');
}
