import type { AuditSummary } from '../../contract/audit';
import type { Verification } from '../../contract/verify';
import { verificationSchema } from '../../contract/verify';
import { InputError } from '../../core/base/errors';
import { finiteOrNull } from '../../core/base/format';
import type { ValidationLabels } from '../../core/influence/measurements/validationLabels';
import type { RidgeConvention } from '../../core/influence/removal/removalTypes';
import { studyStages } from '../../core/job/jobContext';
import type { PredictedAndActual } from '../../core/validation/compareSets';
import type { Agreement } from '../../core/validation/correlation';
import type { RemovalVerification } from '../../core/validation/verifyRemoval';
import type { ProjectStore } from '../store/projectStore';
import type { JobTools } from './blockEncoders';
import type { Job, PlannedStage } from './job';
import { keepRun, readRuns } from './keptRuns';
import { runStudyJob } from './studyJob';

export interface VerifyJobRequest {
  readonly rows: Int32Array;
  readonly repeats: number;
  readonly seed: number;
  /** What the rows are, in words. */
  readonly chosenBy?: string | undefined;
  /** Default `fixed`. */
  readonly ridgeConvention?: RidgeConvention;
  /** Default: as the audit took them. */
  readonly validationLabels?: ValidationLabels | undefined;
}

/** Row numbers kept of one. */
const keptRows = 10_000;
const verifications = { kind: 'verification', key: 'verifications', count: 30, schema: verificationSchema } as const;

/** First guesses of the stages' seconds; only ratios matter much. */
export function planVerify({ train, head }: AuditSummary, repeats: number): PlannedStage[] {
  const outputs = head.kind === 'softmax' ? head.classes.length : 1;
  const width = head.parameters / outputs;
  const pass = (train.rows * width * outputs) / 1e9;
  const hessian = (train.rows * width ** 2 * outputs * (outputs + 1)) / 2e10 + head.parameters ** 3 / 1e10;
  return [
    { name: 'features', expectedSeconds: 0.2 + (train.rows * width) / 4e7 },
    { name: 'influence', expectedSeconds: 0.1 + hessian },
    { name: studyStages.verify, expectedSeconds: 0.2 + 8 * pass * (1 + repeats / 2) + hessian / 4 },
    { name: 'saving', expectedSeconds: 0.1 },
  ];
}

/** Verifies, keeps what was found in the project, and returns it. A cancelled or failed one leaves nothing. */
export async function runVerify(
  store: ProjectStore,
  tools: JobTools,
  request: VerifyJobRequest,
  job: Job,
  matrixBytes?: number,
): Promise<Verification> {
  const audit = store.audits.latest;
  if (audit === null) throw new InputError('This dataset has not been audited yet. Run an audit first.');
  const startedAt = new Date().toISOString();
  const { rows, repeats, seed, chosenBy, ridgeConvention, validationLabels } = request;
  const question = { rows, repeats, seed, ridgeConvention };
  const { answer, head } = await runStudyJob(
    store,
    tools,
    { head: { from: 'audit', validationLabels }, kind: 'verify', question: () => question, seed },
    job,
    matrixBytes,
  );
  job.signal.throwIfCancelled();
  job.progress({ stage: 'saving', done: 0, total: 1 });
  const verification: Verification = {
    id: job.id,
    startedAt,
    seconds: job.snapshot.seconds,
    ...(chosenBy === undefined ? {} : { chosenBy }),
    auditStartedAt: audit.summary.startedAt,
    trainRows: head.trainRows,
    repeats,
    ...describe(answer),
  };
  await keepRun(store, verifications, verification);
  return verification;
}

/** What the project has, latest first; in a second pass only its own: others tell which rows the first removed. */
export async function readVerifications(store: ProjectStore): Promise<Verification[]> {
  const since = store.passes.current?.pass.startedAt ?? '';
  return (await readRuns(store, verifications)).filter(({ startedAt }) => startedAt >= since);
}

/** With null for NaN, which JSON does not have. */
function describe(
  answer: RemovalVerification,
): Pick<
  Verification,
  'rowCount' | 'rows' | 'otherRows' | 'seed' | 'ridgeConvention' | 'validationLabels' | 'measurements' | 'retrainError'
> {
  return {
    rowCount: answer.rows.length,
    rows: [...answer.rows.subarray(0, keptRows)],
    otherRows: answer.otherRows,
    seed: answer.seed,
    ridgeConvention: answer.ridgeConvention,
    validationLabels: answer.validationLabels,
    retrainError: answer.retrainError,
    measurements: answer.measurements.map((measurement) => ({
      ...measurement,
      ...describeRemoval(measurement),
      random: measurement.random.map(describeRemoval),
      randomMean: finiteOrNull(measurement.randomMean),
      randomDeviation: finiteOrNull(measurement.randomDeviation),
      percentile: finiteOrNull(measurement.percentile),
      agreement: {
        if: describeAgreement(measurement.agreement.if),
        rif: describeAgreement(measurement.agreement.rif),
        newton: describeAgreement(measurement.agreement.newton),
      },
    })),
  };
}

function describeRemoval({
  predicted,
  actual,
}: PredictedAndActual): Verification['measurements'][number]['random'][number] {
  return {
    predicted: {
      if: finiteOrNull(predicted.if),
      rif: finiteOrNull(predicted.rif),
      newton: finiteOrNull(predicted.newton),
    },
    actual: finiteOrNull(actual),
  };
}

function describeAgreement(agreement: Agreement): Verification['measurements'][number]['agreement']['if'] {
  return {
    pairs: agreement.pairs,
    pearson: finiteOrNull(agreement.pearson),
    spearman: finiteOrNull(agreement.spearman),
    slope: finiteOrNull(agreement.slope),
    medianRelativeError: finiteOrNull(agreement.medianRelativeError),
  };
}
