import { NumericalError } from '../base/errors';
import { rowsOfWeight } from '../base/weights';
import type { JobContext } from '../job/jobContext';
import type { OnBlock } from '../linalg/linearAlgebra';
import { forestHindrance, type ForestName, forestSteps } from '../ranking/forest/forestExpert';
import { growHere, type PendingForest } from '../ranking/forest/forestGrowth';
import { quantiseFeatures } from '../ranking/forest/quantiseFeatures';
import type { ExpertSource } from '../ranking/suspicion/expertSource';
import type { AuditInput } from './auditTypes';

/** Steps a second, about; for progress alone. */
const treeSteps = 1e8;

/** The forests of an audit, on their way. */
export interface AuditForests {
  /** Its `seconds` are those that are left when it is asked for. */
  source(name: ForestName): ExpertSource;
  /** To be called when the audit ends, however it does. */
  stop(): void;
}

/**
 * Forests as experts, grown from the rows that are kept, with the same random numbers every time. They need nothing of
 * the head: those of all labelled rows begin before the fit, where other threads can grow them beside it. Values are
 * put into bins once, by all labelled rows: no label has a part in that.
 *
 * @param labelled n: 1 for labelled rows
 * @throws CancelledError
 */
export function beginForests(
  input: Pick<AuditInput, 'features' | 'labels' | 'classes' | 'forests'>,
  names: readonly ForestName[],
  labelled: Float64Array,
  context: JobContext,
  onBlock: OnBlock,
): AuditForests {
  const { features, labels, classes, forests = growHere } = input;
  const all = rowsOfWeight(labelled);
  const hindrance = forestHindrance({ labels, classes, trainingRows: all });
  const quantised =
    names.length > 0 && hindrance === '' ? quantiseFeatures(features, all, onBlock, forests.allocate) : null;
  const begin = (name: ForestName, trainingRows: Int32Array): PendingForest => {
    // Where all labelled rows are too few, some of them are too.
    if (quantised === null) throw new NumericalError(hindrance);
    return forests.begin(name, { features: quantised, labels, classes, trainingRows }, context);
  };
  const first = new Map(quantised === null ? [] : names.map((name) => [name, begin(name, all)]));
  const seconds = forestSteps(features.rows, features.columns) / treeSteps;
  return {
    source: (name) => ({
      name,
      seconds: { first: seconds * (1 - (first.get(name)?.grown() ?? 0)), again: seconds },
      judge(kept, progress) {
        const trainingRows = rowsOfWeight(kept);
        const reason = forestHindrance({ labels, classes, trainingRows });
        if (reason !== '') throw new NumericalError(reason);
        // Only labelled rows are kept: as many of them are the same.
        const begun = trainingRows.length === all.length ? first.get(name) : undefined;
        first.delete(name);
        const pending = begun ?? begin(name, trainingRows);
        return pending.finish((done, total) => progress.onShare(done / total, `${name}, tree ${done} of ${total}`));
      },
    }),
    stop: () => first.forEach((pending) => pending.stop()),
  };
}
