import type { Column } from '../../../contract/dataset';

/** Columns that features are made of: those with that role. */
export function featureColumns(columns: readonly Column[]): Column[] {
  return columns.filter(({ role }) => role === 'feature');
}

/** Why an audit has nothing to learn from, and what to do; null when it has. */
export function explainNoFeature(columns: readonly Column[]): string | null {
  return featureColumns(columns).length > 0
    ? null
    : 'No column is a feature. Give at least one column of numbers, categories, texts, pictures or embeddings the role “feature”.';
}
