import type { RowStanding } from '../../../../contract/review';
import { scoreColumns } from '../../../../contract/scoreColumns';

const words: Readonly<Partial<Record<RowStanding['column'], string>>> = {
  suspicion: 'suspicion',
  loo_loss: 'loss, left out',
  self_influence_rif: 'self-influence, RIF',
  self_influence_if: 'self-influence, IF',
  val_loss_rif: 'harm, RIF',
  val_loss_if: 'harm, IF',
  leverage: 'leverage',
};

/** A score by which a row has its place, in a word or two. */
export function describeStandingOf(column: RowStanding['column']): string {
  return words[column] ?? scoreColumns.find(({ name }) => name === column)?.title ?? column;
}
