import { InputError } from '../../core/base/errors';
import { splitCodes } from '../../core/base/splitCodes';
import { studyStages } from '../../core/job/jobContext';
import type { Studies, Study, StudyKind } from '../../core/study/runStudy';
import { largestMatrixBytes } from '../compute/featureSource';
import type { ComputeHeadInput } from '../compute/thread/messages';
import { readSessionFacts } from '../review/sessionFacts';
import { readSessionInput } from '../review/sessionInput';
import type { ProjectStore } from '../store/projectStore';
import { createBlockEncoders, type JobTools } from './blockEncoders';
import { buildHeadData } from './headData';
import type { Job, PlannedStage } from './job';
import type { ExtraRow, HeadData, StudiedSource, StudyRequest } from './studyRequest';

/** First guesses of the stages' seconds; only ratios matter much. */
export function planStudy({ head, kind }: Pick<StudyRequest<StudyKind>, 'head' | 'kind'>): PlannedStage[] {
  const names =
    head.from === 'audit'
      ? ['features', 'influence', studyStages[kind]]
      : ['features', 'lambda', 'fit', 'influence', studyStages[kind]];
  return names.map((name) => ({ name, expectedSeconds: name === studyStages[kind] ? 10 : 2 }));
}

/** Opens the head in the compute thread and asks one question. Nothing is written to the project. */
export async function runStudyJob<Kind extends StudyKind>(
  store: ProjectStore,
  tools: JobTools,
  request: StudyRequest<Kind>,
  job: Job,
  matrixBytes = largestMatrixBytes,
): Promise<Study<Studies[Kind]['answer']>> {
  const { head, kind, seed } = request;
  job.progress({ stage: 'features', done: 0, total: 1 });
  const draft = head.from === 'data' ? store.audits.draft() : undefined;
  try {
    const data =
      head.from === 'data' && draft !== undefined
        ? await buildHeadData(store, head.settings, {
            encoders: createBlockEncoders(tools, head.settings),
            draft,
            matrixBytes,
            signal: job.signal,
            progress: (done, total) => job.progress({ stage: 'features', done, total }),
          })
        : await readAuditedHead(store, head.from === 'audit' ? head : undefined, matrixBytes);
    const question = await request.question(data);
    const abort = new AbortController();
    job.onCancel(() => abort.abort());
    const backend = head.from === 'data' ? head.settings.backend : (head.backend ?? 'auto');
    return await tools.compute.study(
      { input: data.input, kind, question, backend, seed },
      { signal: abort.signal, onProgress: job.progress },
    );
  } finally {
    await draft?.discard();
  }
}

type AuditedSource = Pick<Extract<StudiedSource, { from: 'audit' }>, 'validationLabels' | 'extraRow'>;

/** @throws InputError before the first audit, or where it did not keep what is asked for. */
async function readAuditedHead(
  store: ProjectStore,
  { validationLabels, extraRow }: AuditedSource = {},
  matrixBytes: number,
): Promise<HeadData> {
  const audit = store.audits.latest;
  const { source } = store.sources;
  if (audit === null || source === null) {
    throw new InputError('This dataset has not been audited yet. Run an audit first.');
  }
  const facts = await readSessionFacts(store);
  if (facts.beliefs === undefined && validationLabels !== undefined && validationLabels !== 'given') {
    throw new InputError(
      `The audit of this project is of an earlier version, which did not keep what ${validationLabels} validation labels need. Audit again, or take them as given.`,
    );
  }
  const input = await readSessionInput(store, facts, matrixBytes);
  return {
    input: appendExtraRow(validationLabels === undefined ? input : { ...input, validationLabels }, extraRow),
    rows: source.rowCount,
    classes: audit.classes,
    pipeline: audit.pipeline,
  };
}

/** The row behind all others, held out: it takes no part in the fit, nor in what is measured on validation rows. */
function appendExtraRow(input: ComputeHeadInput, extra: ExtraRow | undefined): ComputeHeadInput {
  if (extra === undefined) return input;
  const n = input.split.length;
  const append = <Numbers extends Uint8Array | Int32Array | Float64Array>(numbers: Numbers, last: number): Numbers => {
    const longer = new (numbers.constructor as new (length: number) => Numbers)(n + 1);
    longer.set(numbers);
    longer[n] = last;
    return longer;
  };
  return {
    ...input,
    extraRow: extra.features,
    labels: append(input.labels, extra.label),
    split: append(input.split, splitCodes.test),
    rowWeights: input.rowWeights && append(input.rowWeights, 1),
    beliefs: input.beliefs && {
      labels: append(input.beliefs.labels, extra.label),
      suspicion: append(input.beliefs.suspicion, 0),
      others: append(input.beliefs.others, -1),
    },
  };
}
