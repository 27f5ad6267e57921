import { InputError } from '../base/errors';
import type { OpenHead } from '../head/openHead';
import type { GroupEffects, RowGroups } from '../influence/attributions/groupEffects';
import { computeGroupEffects } from '../influence/attributions/groupEffects';
import type { FittedModel } from '../influence/fittedModel';
import { evaluateTogether } from '../influence/measurements/meanMeasurement';
import type { Measurement, PreparedMeasurement } from '../influence/measurements/measurement';
import { prepareMeasurements, usualWay } from '../influence/measurements/prepareMeasurements';
import type { RidgeConvention } from '../influence/removal/removalTypes';
import { retrain } from '../influence/removal/retrain';
import { estimateSet, startOf } from '../influence/subsets/setEstimates';
import { reportTrust, setTrust } from '../influence/trust/trustReport';
import type { MethodEffects, ModelTrust, TrustReport } from '../influence/trust/trustTypes';
import { type JobContext, studyStages } from '../job/jobContext';
import { StageProgress } from '../job/stageProgress';
import type { OnBlock } from '../linalg/linearAlgebra';

export interface GroupsQuestion {
  readonly groups: RowGroups;
  /** Heads fitted without one group each, those with the largest effects on the validation loss first. */
  readonly retrainings: number;
  /** Default `fixed`. */
  readonly ridgeConvention?: RidgeConvention | undefined;
}

/** What removing one group does to one measurement. **Positive = removing the group raises it.** */
interface GroupEffect extends MethodEffects {
  /** By retraining without the group; null: not asked for, or nothing would be left to train on. */
  readonly retrained: number | null;
}

export interface AnsweredGroup {
  /** Its number in the question. */
  readonly group: number;
  /** Training rows, at least one. */
  readonly rows: number;
  readonly loss: GroupEffect;
  /** The same by the given labels; null where those are taken. */
  readonly lossGiven: GroupEffect | null;
  /** null for a ridge head. */
  readonly accuracy: GroupEffect | null;
  /** Why there is no Newton step; null where there is one. */
  readonly newtonMissing: string | null;
  /** Of the groups that were retrained without. */
  readonly trust: TrustReport | null;
}

export interface GroupsAnswer {
  /** At θ̂, by the labels as they are taken. */
  readonly validationLoss: number;
  /** The same by the given labels; null where those are taken. */
  readonly validationLossGiven: number | null;
  /** null for a ridge head. */
  readonly validationAccuracy: number | null;
  /**
   * Groups with training rows: those first whose removal lowers the validation loss most, by the best estimate there
   * is.
   */
  readonly groups: readonly AnsweredGroup[];
  /** About the head. */
  readonly trust: TrustReport;
}

/**
 * What removing each group of rows does to the validation loss and accuracy, by IF, RIF and the Newton step, and for
 * the groups with the largest effects by retraining. Cost: see `computeGroupEffects`, and a fit for each retraining.
 * Reports the stage `groups`.
 * @throws InputError without validation rows.
 */
export function answerGroups(
  head: OpenHead,
  { groups, retrainings, ridgeConvention }: GroupsQuestion,
  context: Pick<JobContext, 'signal' | 'progress'>,
): GroupsAnswer {
  const { model, splits } = head;
  if (splits.validation.length === 0) {
    throw new InputError(
      'There are no validation rows to measure the groups on. Let some rows validate: a split, or a validation file.',
    );
  }
  const progress = new StageProgress(studyStages.groups, context);
  const { onBlock } = progress;
  progress.begin(0, 0.2, 'leverage');
  const influence = head.rowInfluence(onBlock);
  const trust = head.trust();
  const measured: Measurement[] = [{ kind: 'meanLoss', rows: 'validation' }];
  const places: Places = { accuracy: null, lossGiven: null };
  if (model.problem.kind !== 'ridge') {
    places.accuracy = measured.push({ kind: 'accuracy', rows: 'validation' }) - 1;
  }
  if (usualWay('validation', splits) !== 'given') {
    places.lossGiven = measured.push({ kind: 'meanLoss', rows: 'validation', labels: 'given' }) - 1;
  }
  const measurements = prepareMeasurements(model, measured, splits, onBlock);
  try {
    progress.begin(0.2, 0.6, 'groups');
    const effects = computeGroupEffects(model, measurements, groups, {
      methods: ['if', 'rif', 'newton'],
      influence,
      ridgeConvention,
      onBlock,
      onGroup: (done, total) => progress.onShare(done / total, `Newton step ${done + 1} of ${total}`),
    });
    const answered = Array.from(effects.members.keys())
      .filter((group) => effects.members[group].length > 0)
      .map((group) => describeGroup(effects, group, places));
    const chosen = new Set(
      [...answered].sort((a, b) => Math.abs(bestOf(b.loss)) - Math.abs(bestOf(a.loss))).slice(0, retrainings),
    );
    const verified = answered.map((one) => {
      const rows = effects.members[one.group];
      if (!chosen.has(one) || rows.length === splits.train.length) return one;
      progress.begin(0.6, 1, `retraining without ${rows.length} rows`, 8 * retrainings);
      return verifyGroup(model, { one, rows, trust, ridgeConvention, places }, measurements, onBlock);
    });
    progress.finish();
    const valueAt = (place: number | null): number | null => (place === null ? null : measurements[place].value);
    return {
      validationLoss: measurements[0].value,
      validationLossGiven: valueAt(places.lossGiven),
      validationAccuracy: valueAt(places.accuracy),
      groups: verified.sort((a, b) => bestOf(a.loss) - bestOf(b.loss)),
      trust: reportTrust(trust, null),
    };
  } finally {
    for (const measurement of measurements) measurement.dispose();
  }
}

/** Which measurements are which; the first is the loss. */
interface Places {
  accuracy: number | null;
  lossGiven: number | null;
}

/** The group with what retraining without its rows shows. */
function verifyGroup(
  model: FittedModel,
  asked: {
    readonly one: AnsweredGroup;
    readonly rows: Int32Array;
    readonly trust: ModelTrust;
    readonly ridgeConvention: RidgeConvention | undefined;
    readonly places: Places;
  },
  measurements: readonly PreparedMeasurement[],
  onBlock: OnBlock,
): AnsweredGroup {
  const { one, rows, trust, ridgeConvention, places } = asked;
  const estimates = estimateSet(model, rows, onBlock, ridgeConvention);
  const { change } = retrain(model, { removed: rows, ridgeConvention, start: startOf(model, estimates), onBlock });
  const changes = { rows: 1, columns: change.length, data: change };
  const found = evaluateTogether(measurements, changes, onBlock).map(([effect]) => effect);
  const retrainedAt = (effect: GroupEffect | null, place: number | null): GroupEffect | null =>
    effect && place !== null ? { ...effect, retrained: found[place] } : null;
  const { name, value } = measurements[0];
  const evidence = { rows, changes: estimates, measured: { name, value, effects: one.loss }, onBlock };
  return {
    ...one,
    loss: { ...one.loss, retrained: found[0] },
    lossGiven: retrainedAt(one.lossGiven, places.lossGiven),
    accuracy: retrainedAt(one.accuracy, places.accuracy),
    trust: reportTrust(trust, setTrust(model, evidence)),
  };
}

/** Before any retraining. */
function describeGroup({ names, members, methods }: GroupEffects, group: number, places: Places): AnsweredGroup {
  const [byIf, byRif, byNewton] = methods;
  const newtonMissing = byNewton.missing[group];
  const effectOn = (t: number): GroupEffect => {
    const at = group * names.length + t;
    return {
      if: byIf.effects.data[at],
      rif: byRif.effects.data[at],
      newton: newtonMissing === null ? byNewton.effects.data[at] : null,
      retrained: null,
    };
  };
  return {
    group,
    rows: members[group].length,
    loss: effectOn(0),
    lossGiven: places.lossGiven === null ? null : effectOn(places.lossGiven),
    accuracy: places.accuracy === null ? null : effectOn(places.accuracy),
    newtonMissing,
    trust: null,
  };
}

/** The best estimate there is: retraining, else the Newton step, else RIF. */
export function bestOf({ retrained, newton, rif }: GroupEffect): number {
  return retrained ?? newton ?? rif;
}
