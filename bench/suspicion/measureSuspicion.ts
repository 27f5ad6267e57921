import { auditFeatures } from '../../src/core/audit/auditFeatures';
import { createRandom } from '../../src/core/base/random';
import { splitCodes } from '../../src/core/base/splitCodes';
import type { LinearAlgebra } from '../../src/core/linalg/linearAlgebra';
import { createExactNeighbourSearch } from '../../src/core/ranking/neighbours/exactNeighbours';
import type { ExpertChoice } from '../../src/core/ranking/suspicion/expertNames';
import type { Noise } from './plantedErrors';
import { averagePrecision, defaultAuditInput, plantErrors } from './plantedErrors';
import type { Digits } from './readDigits';

/** Average precision against the planted errors among the training rows, by ranking. */
export interface TrainingPrecisions {
  readonly suspicion: number;
  readonly looLoss: number;
  readonly loss: number;
  readonly selfInfluenceIf: number;
  readonly selfInfluenceRif: number;
  /** Most harmful first. */
  readonly valLossRif: number;
}

/** How far suspicion can be taken at its word, over all labelled rows. */
export interface Calibration {
  readonly wrong: number;
  /** Σ suspicion: the number of wrong labels it claims. */
  readonly expected: number;
  /** Rows with a suspicion of at least 0.5, the product's default threshold. */
  readonly flagged: number;
  /** Wrong rows among the flagged; NaN when none is flagged. */
  readonly precision: number;
  /** Flagged rows among the wrong; NaN when none is wrong. */
  readonly recall: number;
}

export function measureCalibration(suspicion: Float64Array, wrong: Uint8Array): Calibration {
  let expected = 0;
  let flagged = 0;
  let found = 0;
  let total = 0;
  suspicion.forEach((value, row) => {
    if (Number.isNaN(value)) return;
    expected += value;
    total += wrong[row];
    if (value < 0.5) return;
    flagged++;
    found += wrong[row];
  });
  return { wrong: total, expected, flagged, precision: found / flagged, recall: found / total };
}

export interface SuspicionResult {
  readonly noise: Noise;
  readonly seed: number;
  /** Average precision of suspicion over all labelled rows. */
  readonly allRows: number;
  readonly calibration: Calibration;
  readonly trainingRows: TrainingPrecisions;
  readonly l2: number;
  readonly experts: string;
  readonly seconds: number;
}

/** One audit with the product's defaults, and these experts, of digits with a share of its labels changed. */
export function measureSuspicion(
  { features, labels, classes }: Digits,
  noise: Noise,
  share: number,
  seed: number,
  linalg: LinearAlgebra,
  asked: ExpertChoice = 'auto',
): SuspicionResult {
  const planted = plantErrors(labels, classes, noise, share, seed);
  const input = defaultAuditInput(features, planted.labels, classes, 7);
  const started = Date.now();
  const { columns, head, experts } = auditFeatures(
    { ...input, neighbours: createExactNeighbourSearch(), options: { experts: asked } },
    {
      signal: { cancelled: false, throwIfCancelled: () => undefined },
      progress: () => undefined,
      random: createRandom(7),
      linalg,
      log: () => undefined,
    },
  );
  const onTraining = (score: Float64Array, sign = 1): number =>
    averagePrecision(
      score.map((value, row) => (input.split[row] === splitCodes.train ? sign * value : Number.NaN)),
      planted.wrong,
    );
  return {
    noise,
    seed,
    allRows: averagePrecision(columns.suspicionLogOdds, planted.wrong),
    calibration: measureCalibration(columns.suspicion, planted.wrong),
    trainingRows: {
      suspicion: onTraining(columns.suspicionLogOdds),
      looLoss: onTraining(columns.looLoss),
      loss: onTraining(columns.loss),
      selfInfluenceIf: onTraining(columns.selfInfluenceIf),
      selfInfluenceRif: onTraining(columns.selfInfluenceRif),
      valLossRif: onTraining(columns.valLossRif, -1),
    },
    l2: head.l2,
    experts: experts.map(({ name, weight }) => `${name} ${weight.toFixed(2)}`).join(', '),
    seconds: (Date.now() - started) / 1000,
  };
}
