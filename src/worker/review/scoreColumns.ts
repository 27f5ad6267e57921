import type { ReviewRow } from '../../contract/review';

/** The columns of `scores.csv`, in this order: part of the interface, see product documentation. */
export const scoreColumns: readonly (readonly [name: string, read: (row: ReviewRow) => string | number | null])[] = [
  ['row', (row) => row.row],
  ['id', (row) => row.id],
  ['split', (row) => row.split],
  ['given_label', (row) => row.givenLabel],
  ['suggested_label', (row) => row.suggestedLabel],
  ['rank', (row) => row.rank],
  ['suspicion', (row) => row.suspicion],
  ['loss', (row) => row.loss],
  ['probability', (row) => row.probability],
  ['loo_probability', (row) => row.looProbability],
  ['loo_loss', (row) => row.looLoss],
  ['leverage', (row) => row.leverage],
  ['self_influence_if', (row) => row.selfInfluenceIf],
  ['self_influence_rif', (row) => row.selfInfluenceRif],
  ['val_loss_if', (row) => row.valLossIf],
  ['val_loss_rif', (row) => row.valLossRif],
  ['reasons', (row) => row.reasons.join('; ')],
];
