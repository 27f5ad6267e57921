import { InputError } from '../../core/base/errors';
import type { ValidationLabels } from '../../core/influence/measurements/validationLabels';
import { studyStages } from '../../core/job/jobContext';
import type { Studies, Study, StudyKind } from '../../core/study/runStudy';
import { largestMatrixBytes } from '../compute/featureSource';
import { readSessionFacts } from '../review/sessionFacts';
import { readSessionInput } from '../review/sessionInput';
import type { ProjectStore } from '../store/projectStore';
import { createBlockEncoders, type JobTools } from './blockEncoders';
import { buildHeadData } from './headData';
import type { Job, PlannedStage } from './job';
import type { HeadData, StudyRequest } from './studyRequest';

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
        : await readAuditedHead(store, head.from === 'audit' ? head.validationLabels : undefined, matrixBytes);
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

/** @throws InputError before the first audit, or where it did not keep what is asked for. */
async function readAuditedHead(
  store: ProjectStore,
  validationLabels: ValidationLabels | undefined,
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
    input: validationLabels === undefined ? input : { ...input, validationLabels },
    rows: source.rowCount,
    classes: audit.classes,
    pipeline: audit.pipeline,
  };
}
