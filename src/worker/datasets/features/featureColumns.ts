import type { Column, ColumnType } from '../../../contract/dataset';

/** Why no feature is made of a picture column. */
export const picturesLeftOut = 'no feature is made of pictures';

/** A column that features can be made of. */
export type FeatureColumn = Column & { readonly type: Exclude<ColumnType, 'picture'> };

/** Columns that features are made of: those with that role, pictures apart. */
export function featureColumns(columns: readonly Column[]): FeatureColumn[] {
  return columns.filter((column): column is FeatureColumn => column.role === 'feature' && column.type !== 'picture');
}

/** Columns of pictures with the role of a feature: nothing is made of them. */
export function pictureFeatures(columns: readonly Column[]): Column[] {
  return columns.filter(({ role, type }) => role === 'feature' && type === 'picture');
}

/** Why an audit has nothing to learn from, and what to do; null when it has. */
export function explainNoFeature(columns: readonly Column[]): string | null {
  if (featureColumns(columns).length > 0) return null;
  const [picture] = pictureFeatures(columns);
  return picture === undefined
    ? 'No column is a feature. Give at least one column of numbers, categories or texts the role “feature”.'
    : `No column but ${picture.name} is a feature, and ${picturesLeftOut}. Give at least one column of numbers, categories or texts the role “feature”.`;
}
