import type { Evidence } from '../../contract/review';
import type { EditEffect } from '../../core/session/sessionTypes';
import { estimatesDisagree } from '../../core/validation/labelsDisagree';
import type { RowSpread } from '../../core/validation/randomSets';

/**
 * How near RIF and the Newton step of removing one row are, and what the labels as given say of it where others are
 * taken. `spread` is that of all single rows.
 */
export function describeRowRemoval(
  rif: EditEffect,
  newton: EditEffect,
  spread: RowSpread,
): Pick<Evidence, 'newtonGap' | 'givenEffect' | 'labelsDisagree'> {
  const { validation } = rif;
  const change = newton.validation?.lossChange ?? 0;
  const newtonGap =
    validation === null || change === 0 ? null : Math.abs(validation.lossChange - change) / Math.abs(change);
  const given = validation?.given ?? null;
  // Where every label is believed the two are one.
  if (validation === null || given === null || given.lossBefore === validation.lossBefore) {
    return { newtonGap, givenEffect: null, labelsDisagree: false };
  }
  return {
    newtonGap,
    givenEffect: given.lossChangeLinear,
    labelsDisagree: estimatesDisagree(validation.lossChangeLinear, given.lossChangeLinear, spread, 1),
  };
}
