import type { Evidence } from '../../contract/review';
import type { EditEffect } from '../../core/session/sessionTypes';

/**
 * How near RIF and the Newton step of removing one row are, and what the labels as given say of it where others are
 * taken.
 */
export function describeRowRemoval(rif: EditEffect, newton: EditEffect): Pick<Evidence, 'newtonGap' | 'givenEffect'> {
  const { validation } = rif;
  const given = validation?.given ?? null;
  const change = newton.validation?.lossChange ?? 0;
  return {
    newtonGap: validation === null || change === 0 ? null : Math.abs(validation.lossChange - change) / Math.abs(change),
    // Where every label is believed the two are one.
    givenEffect: given === null || given.lossBefore === validation?.lossBefore ? null : given.lossChangeLinear,
  };
}
