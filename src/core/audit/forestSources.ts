import { NumericalError } from '../base/errors';
import { rowsOfWeight } from '../base/weights';
import type { JobContext } from '../job/jobContext';
import { forestHindrance, type ForestName, forestSteps } from '../ranking/forest/forestExpert';
import { growHere } from '../ranking/forest/forestGrowth';
import { type QuantisedFeatures, quantiseFeatures } from '../ranking/forest/quantiseFeatures';
import type { ExpertSource } from '../ranking/suspicion/expertSource';
import type { AuditInput } from './auditTypes';

/** Steps a second, about; for progress alone. */
const rates = { treeSteps: 1e8, binned: 2e7 };

/**
 * The forests as experts, grown from the rows that are kept, with the same random numbers every time. Values are put
 * into bins once, at the first judgement, by all labelled rows: no label has a part in that.
 *
 * @param labelled n: 1 for labelled rows
 */
export function forestSources(
  { features, labels, classes, forests = growHere }: Pick<AuditInput, 'features' | 'labels' | 'classes' | 'forests'>,
  labelled: Float64Array,
  context: JobContext,
): (name: ForestName) => ExpertSource {
  let quantised: QuantisedFeatures | undefined;
  const { rows, columns } = features;
  const growing = forestSteps(rows, columns) / rates.treeSteps;
  const binning = (rows * columns) / rates.binned;
  return (name) => ({
    name,
    seconds: { first: growing + binning, again: growing },
    judge: (kept, progress) => {
      const trainingRows = rowsOfWeight(kept);
      const hindrance = forestHindrance({ labels, classes, trainingRows });
      if (hindrance !== '') throw new NumericalError(hindrance);
      quantised ??= quantiseFeatures(features, rowsOfWeight(labelled), progress.onBlock, forests.allocate);
      const pending = forests.begin(name, { features: quantised, labels, classes, trainingRows }, context);
      return pending.finish((done, total) => progress.onShare(done / total, `${name}, tree ${done} of ${total}`));
    },
  });
}
