import type { JobContext } from '../job/jobContext';
import { isForest } from '../ranking/forest/forestExpert';
import type { Neighbours } from '../ranking/neighbours/neighbours';
import type { ExpertName } from '../ranking/suspicion/expertNames';
import { headExpert, isNeighbours, neighbourExpert } from '../ranking/suspicion/experts';
import type { ExpertSource } from '../ranking/suspicion/expertSource';
import { agreementOf, describeSeenLabels, predictionSource } from '../ranking/suspicion/predictionExpert';
import type { AuditForests } from './auditForests';
import type { AuditInput } from './auditTypes';
import { discriminantSource } from './discriminantSource';
import { headSource } from './headSource';
import type { SuspicionHead } from './measureHeads';

/** Neighbours counted a second, about; for progress alone. */
const countedNeighbours = 1e8;

/** What is known when labels are to be judged. */
interface KnownSources {
  readonly head: SuspicionHead;
  /** Of all rows among the labelled ones; null where they were not searched. */
  readonly neighbours: Neighbours | null;
  readonly forests: AuditForests;
  /** n: 1 for labelled rows. */
  readonly labelled: Float64Array;
}

/** The experts that were asked for, in the order of `asked`. */
export function expertSources(
  asked: readonly ExpertName[],
  input: AuditInput,
  { head, neighbours, forests, labelled }: KnownSources,
  context: JobContext,
): ExpertSource[] {
  const { features, labels, classes, predictions } = input;
  return asked.flatMap((name): ExpertSource[] => {
    if (name === 'predictions')
      return predictions === undefined ? [] : [predictionSource(predictions, distrust(input, predictions, head))];
    if (isForest(name)) return [forests.source(name)];
    if (name === 'discriminant') return [discriminantSource(head, { labels, classes }, context)];
    if (!isNeighbours(name)) return [headSource(head, labelled, context)];
    if (neighbours === null) return [];
    const seconds = (features.rows * (neighbours.k + classes)) / countedNeighbours;
    return [
      {
        name,
        seconds: { first: seconds, again: seconds },
        judge: (kept) => neighbourExpert(neighbours, labels, classes, name, kept),
      },
    ];
  });
}

/** Why given predictions are not heard; null where they are, or somebody asked for them by name. */
function distrust(
  { labels, classes, options = {} }: AuditInput,
  predictions: Float32Array,
  { problem, outOfSampleLogits }: SuspicionHead,
): string | null {
  if ((options.experts ?? 'auto') !== 'auto') return null;
  const ofHead = headExpert(problem, outOfSampleLogits).probabilities;
  return describeSeenLabels(agreementOf(predictions, labels, classes), agreementOf(ofHead, labels, classes));
}
