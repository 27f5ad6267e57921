import type { Column, DatasetSummary } from './dataset';

const mostKeyColumns = 4;

/**
 * The columns whose cells stand for a row where there is neither a picture nor a text of it: its first features, as the
 * file has them.
 */
export function keyColumnsOf({ columns, pictures }: Pick<DatasetSummary, 'columns' | 'pictures'>): readonly Column[] {
  if (pictures !== null || columns.some(({ type }) => type === 'picture')) return [];
  const features = columns.filter(({ role }) => role === 'feature');
  if (features.some(({ type }) => type === 'text')) return [];
  // Lists of numbers say nothing to people.
  return features.filter(({ type }) => type !== 'vector').slice(0, mostKeyColumns);
}
