import type { Column, ColumnRole, ColumnType } from '../../../contract/dataset';
import { formatCount } from '../../../core/base/format';
import { formatShare } from '../../format/numbers';

/** Roles and types as they are named on screen, with what they mean. */
export const roleWords: Readonly<Record<ColumnRole, { label: string; meaning: string }>> = {
  label: { label: 'label', meaning: 'the class each row is said to have; there is one' },
  feature: { label: 'feature', meaning: 'what the model learns from' },
  id: { label: 'id', meaning: 'names the rows in lists; not learnt from' },
  split: { label: 'split', meaning: 'says which rows train, validate or test' },
  weight: { label: 'weight', meaning: 'how much the row counts in the fit and in means; not learnt from' },
  group: { label: 'group', meaning: 'a source or annotator; kept, not learnt from' },
  probability: { label: 'probability', meaning: 'what another model gives one class: it judges the labels too' },
  ignore: { label: 'ignore', meaning: 'kept in every export, takes no part' },
};

export const typeWords: Readonly<Record<ColumnType, { label: string; meaning: string }>> = {
  number: { label: 'number', meaning: 'missing cells become the mean, and are marked' },
  integer: { label: 'integer', meaning: 'whole numbers, used as numbers' },
  boolean: { label: 'yes/no', meaning: 'two values' },
  date: { label: 'date', meaning: 'used as time' },
  category: { label: 'category', meaning: 'one feature a value; rare values pooled' },
  text: {
    label: 'text',
    meaning: 'free text: its words and pieces of words become up to 200 numbers (TF-IDF, leading directions)',
  },
  picture: { label: 'picture', meaning: 'paths of picture files, which are turned into numbers' },
  vector: { label: 'embedding', meaning: 'lists of numbers, each as many: divided by one scale together' },
};

/** What stands on the column's button: what a feature is read as, else the role. */
export function columnWord(column: Column): string {
  return column.role === 'feature' ? typeWords[column.type].label : roleWords[column.role].label;
}

/** "381 of 4,454 missing (8.6 %)", "84 different values", "from 0 to 959". */
export function columnFacts(column: Column, rowCount: number): string[] {
  const facts: string[] = [];
  facts.push(
    column.missing === 0
      ? 'no missing cells'
      : `${formatCount(column.missing)} of ${formatCount(rowCount)} missing (${formatShare(rowCount > 0 ? column.missing / rowCount : 0)})`,
  );
  if (column.distinct !== null) {
    facts.push(column.distinct === 1 ? '1 value' : `${formatCount(column.distinct)} different values`);
  }
  if (column.range !== null) facts.push(`from ${column.range[0]} to ${column.range[1]}`);
  return facts;
}

/**
 * How the cells are read, where that is not plain to see: "numbers in %, with a decimal comma", "missing: “#N/A”
 * (212)", "3 cells not read, as “oops”".
 */
export function readingFacts({ type, reading }: Column): string[] {
  if (reading === undefined) return [];
  const { unit, decimal, grouped, limits, markers, unread } = reading;
  const facts: string[] = [];
  if (type === 'number' || type === 'integer') {
    const marks = [
      ...(unit === '' ? [] : [`in ${unit}`]),
      ...(decimal === 'comma' ? ['with a decimal comma'] : []),
      ...(grouped ? ['with separated thousands'] : []),
    ];
    if (marks.length > 0) facts.push(`numbers ${marks.join(', ')}`);
    if (limits.count > 0) facts.push(`${cells(limits.count)} with a limit, as “${limits.example}”, read as the limit`);
    if (unread.count > 0) facts.push(`${cells(unread.count)} not read, as “${unread.example}”`);
  }
  if (markers.length > 0) {
    facts.push(`missing: ${markers.map(({ text, count }) => `“${text}” (${formatCount(count)})`).join(', ')}`);
  }
  return facts;
}

function cells(count: number): string {
  return count === 1 ? '1 cell' : `${formatCount(count)} cells`;
}
