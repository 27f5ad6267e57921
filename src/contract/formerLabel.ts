import type { Column } from './dataset';

/**
 * What a column is for that is no longer the label. Where it was guessed to be one for its place or its few values, it
 * is a feature like any other; one that is named like a label, or was chosen, would tell the label.
 */
export function roleOfFormerLabel({ reason }: Pick<Column, 'reason'>): 'feature' | 'ignore' {
  return /^the (first|last) column/.test(reason) ? 'feature' : 'ignore';
}
