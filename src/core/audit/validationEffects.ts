import { reopenModel } from '../influence/fittedModel';
import type { MeasuredLabels } from '../influence/measurements/measuredLabels';
import { computeMeanLossEffects } from '../influence/rows/rowInfluence';
import type { JobContext } from '../job/jobContext';
import type { OnBlock } from '../linalg/linearAlgebra';
import type { HeadColumns } from './auditTypes';
import type { RowRoles } from './checkInput';
import type { MeasuredHead } from './measureHeads';

/** What computing them takes of so many logits moved, seconds; for progress alone. */
export const validationEffectSeconds = 4e-9;

/**
 * Linear effects of removing each training row on the mean validation loss, by the labels as they are taken; NaN
 * without validation rows. Known only when labels are judged: the rows, which were let go before, are loaded anew.
 * Three passes over them and a solve, O(n·d·K + p²).
 * @throws InputError where no validation row counts.
 */
export function computeValidationEffects(
  { model, influence }: Pick<MeasuredHead, 'model' | 'influence'>,
  roles: Pick<RowRoles, 'validation' | 'validationRows'>,
  labels: MeasuredLabels,
  { linalg }: Pick<JobContext, 'linalg'>,
  onBlock: OnBlock,
): Pick<HeadColumns, 'valLossIf' | 'valLossRif'> {
  if (roles.validationRows === 0) {
    const empty = new Float64Array(roles.validation.length).fill(Number.NaN);
    return { valLossIf: empty, valLossRif: empty.slice() };
  }
  const rows = linalg.loadRows(model.problem.features);
  try {
    const { rifCoefficients } = influence;
    const effects = computeMeanLossEffects(
      reopenModel(model, rows),
      roles.validation,
      labels,
      rifCoefficients,
      onBlock,
    );
    return { valLossIf: effects.byIf, valLossRif: effects.byRif };
  } finally {
    rows.dispose();
  }
}
