import { InputError } from '../base/errors';
import { rowsOfWeight } from '../base/weights';
import type { JobContext } from '../job/jobContext';
import type { StageProgress } from '../job/stageProgress';
import { forestHindrance, type ForestName, isForest } from '../ranking/forest/forestExpert';
import { growHere } from '../ranking/forest/forestGrowth';
import { quantiseFeatures } from '../ranking/forest/quantiseFeatures';
import type { Neighbours } from '../ranking/neighbours/neighbours';
import { defaultExperts, expertNames } from '../ranking/suspicion/expertNames';
import type { Expert } from '../ranking/suspicion/experts';
import { isNeighbours, neighbourExpert } from '../ranking/suspicion/experts';
import type { AuditInput, ExpertLeftOut } from './auditTypes';
import type { RowRoles } from './checkInput';

/** Who judges the labels, and who was asked to and cannot. */
interface GatheredExperts {
  /** In the order of `expertNames`; one at least. */
  readonly experts: readonly Expert[];
  readonly leftOut: readonly ExpertLeftOut[];
}

/** What is known before: the head's probabilities, and the neighbours where they were searched. */
interface KnownSources {
  readonly ofHead: Expert;
  readonly neighbours: Neighbours | null;
}

/**
 * The experts that the audit was asked for. Reads the features where there is a forest.
 * @throws InputError when none can be had; CancelledError
 */
export function gatherExperts(
  input: AuditInput,
  roles: RowRoles,
  { ofHead, neighbours }: KnownSources,
  progress: StageProgress,
  context: JobContext,
): GatheredExperts {
  const { labels, classes } = input;
  const wanted = input.options?.experts ?? defaultExperts;
  const asked = expertNames.filter((name) => wanted.includes(name));
  const experts: Expert[] = asked.includes('head') ? [ofHead] : [];
  if (neighbours !== null) {
    for (const name of asked.filter(isNeighbours)) {
      progress.context.signal.throwIfCancelled();
      experts.push(neighbourExpert(neighbours, labels, classes, name));
    }
  }
  const leftOut = addForests(experts, input, roles, asked.filter(isForest), progress, context);
  if (experts.length === 0) {
    throw new InputError(`There is no expert to make a suspicion of: ${leftOut[0].reason}. Add head to --experts.`);
  }
  return { experts, leftOut };
}

/** Appends the forests, or says why they are left out. */
function addForests(
  experts: Expert[],
  { features, labels, classes, forests = growHere }: AuditInput,
  roles: RowRoles,
  names: readonly ForestName[],
  progress: StageProgress,
  context: JobContext,
): ExpertLeftOut[] {
  if (names.length === 0) return [];
  const trainingRows = rowsOfWeight(roles.labelled);
  const reason = forestHindrance({ labels, classes, trainingRows });
  if (reason !== '') return names.map((name) => ({ name, reason }));
  progress.begin(0, 0.1, 'values into bins');
  const quantised = quantiseFeatures(features, trainingRows, progress.onBlock, forests.allocate);
  names.forEach((name, at) => {
    progress.begin(0.1 + (0.8 * at) / names.length, 0.1 + (0.8 * (at + 1)) / names.length, name);
    const pending = forests.begin(name, { features: quantised, labels, classes, trainingRows }, context);
    experts.push(pending.finish((done, total) => progress.onShare(done / total, `${name}, tree ${done} of ${total}`)));
  });
  return [];
}
