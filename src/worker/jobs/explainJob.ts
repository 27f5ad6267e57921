import type { ExplainRequest, Explanation, TypedRow } from '../../contract/explain';
import { explanationSchema } from '../../contract/explain';
import { InputError } from '../../core/base/errors';
import type { PredictionChange, RowPull } from '../../core/influence/subsets/explainPrediction';
import type { ExplainAnswer } from '../../core/study/explainStudy';
import type { ProjectStore } from '../store/projectStore';
import { addUpValues } from './addedValues';
import type { JobTools } from './blockEncoders';
import type { Job } from './job';
import { keepRun, readRuns } from './keptRuns';
import { runStudyJob } from './studyJob';
import type { ExtraRow, HeadData, StudyRequest } from './studyRequest';
import { encodeTypedRow } from './typedRow';

const explanations = { kind: 'explanation', key: 'explanations', count: 30, schema: explanationSchema } as const;
/** Rows listed on either side, … */
const listedRows = 10;
/** … and those that are removed together, the first 1, 2, 5, … of them. */
const removedRows = 100;
const retrainings = 3;
/** The largest set to look for, as of `assay explain`. */
const largestSet = 1000;
const shownClasses = 12;
/** Of a typed cell. */
const keptCharacters = 10_000;

/** The study that an explanation is; a typed row comes behind all others. */
function explainStudy(request: ExplainRequest, extraRow: ExtraRow | undefined): StudyRequest<'explain'> {
  return {
    head: { from: 'audit', extraRow },
    kind: 'explain',
    seed: 0,
    question: ({ classes, input }) => {
      if (input.kind === 'ridge') {
        throw new InputError('A label of numbers has no classes: no prediction of it can flip.');
      }
      const typed = 'typed' in request;
      const row = typed ? input.labels.length - 1 : request.row;
      const right = typed || request.rightClass === undefined ? undefined : classes.indexOf(request.rightClass);
      if (right === -1) throw new InputError('The class that was asked for is not one of this audit. Choose another.');
      return { row, rightClass: right, count: removedRows, retrainings, limit: largestSet };
    },
  };
}

/** A typed row as the audit's rows are. */
async function readTyped(
  store: ProjectStore,
  { encoders }: JobTools,
  typed: TypedRow,
  signal: Job['signal'],
): Promise<ExtraRow> {
  const { classes } = store.audits.requireLatest();
  const label = typed.label === undefined ? -1 : classes.indexOf(typed.label);
  if (typed.label !== undefined && label < 0) {
    throw new InputError('The label that was typed is no class of this audit. Choose another, or none.');
  }
  return { features: await encodeTypedRow(store, encoders, typed, signal), label };
}

/** Explains, keeps what was found in the project, and returns it. A cancelled or failed one leaves nothing. */
export async function runExplain(
  store: ProjectStore,
  tools: JobTools,
  request: ExplainRequest,
  job: Job,
  matrixBytes?: number,
): Promise<Explanation> {
  const audit = store.audits.latest;
  if (audit === null) throw new InputError('This dataset has not been audited yet. Run an audit first.');
  const startedAt = new Date().toISOString();
  const typed = 'typed' in request ? request.typed : undefined;
  const extraRow = typed && (await readTyped(store, tools, typed, job.signal));
  const study = explainStudy(request, extraRow);
  let head: HeadData | undefined;
  const { answer } = await runStudyJob(
    store,
    tools,
    { ...study, question: (data) => study.question((head = data)) },
    job,
    matrixBytes,
  );
  job.signal.throwIfCancelled();
  const explanation: Explanation = {
    id: job.id,
    startedAt,
    seconds: job.snapshot.seconds,
    auditStartedAt: audit.summary.startedAt,
    ...describe(answer, audit.classes, head?.input.labels ?? []),
    ...(typed === undefined ? {} : { row: null, typed: nameCells(store, typed) }),
    values:
      head === undefined
        ? null
        : await addUpValues(
            store,
            head,
            {
              number: answer.explanation.row,
              x: extraRow?.features,
              textOf: (column) => typed?.cells.find((cell) => cell.column === column)?.text,
            },
            answer.explanation.predicted,
            answer.explanation.other,
          ),
    shared: await findShared(store, restoringOf(answer)?.rows ?? answer.flip.rows),
  };
  await keepRun(store, explanations, explanation);
  return explanation;
}

/** Of each typed cell, that it can be seen again; the project is no place for long texts. */
function nameCells(store: ProjectStore, { cells }: TypedRow): NonNullable<Explanation['typed']> {
  return cells
    .filter(({ text }) => text !== '')
    .map(({ column, text }) => ({ column: store.sources.columns[column].name, text: text.slice(0, keptCharacters) }));
}

/** What the project has, latest first. */
export async function readExplanations(store: ProjectStore): Promise<Explanation[]> {
  return readRuns(store, explanations);
}

function describe(
  { givenLabel, probabilities, trained, explanation, flip, comparison, comparedWith }: ExplainAnswer,
  classes: readonly string[],
  labels: ArrayLike<number>,
): Omit<Explanation, 'id' | 'startedAt' | 'seconds' | 'auditStartedAt' | 'shared' | 'values'> {
  const restoring = restoringOf({ explanation, flip });
  const changeOf = ({ margin, predicted }: PredictionChange) => ({ margin, predicted: classes[predicted] });
  const changeIfAny = (change: PredictionChange | null) => change && changeOf(change);
  const pullOf = ({ row, byIf, byRif }: RowPull) => ({ row, label: classes[labels[row]], if: byIf, rif: byRif });
  return {
    row: explanation.row,
    typed: null,
    givenLabel: givenLabel < 0 ? null : classes[givenLabel],
    trained,
    probabilities: classes
      .map((label, at) => ({ label, probability: probabilities[at] }))
      .sort((a, b) => b.probability - a.probability)
      .filter(({ label }, place) => place < shownClasses || label === classes[givenLabel]),
    predicted: classes[explanation.predicted],
    other: classes[explanation.other],
    goal: explanation.goal,
    margin: explanation.margin,
    supporting: explanation.rows.slice(0, listedRows).map((one) => ({
      ...pullOf(one),
      leverage: one.leverage,
      predictedWithout: changeOf(one.afterRif),
      retrained: changeIfAny(one.afterRetraining),
    })),
    opposing: explanation.opposing.slice(0, listedRows).map(pullOf),
    sets: explanation.sets.map((set) => ({
      size: set.size,
      if: changeOf(set.afterIf),
      rif: changeOf(set.afterRif),
      newton: changeIfAny(set.afterNewton),
      retrained: changeIfAny(set.afterRetraining),
    })),
    restoring: restoring && [...restoring.rows],
    flip: {
      flips: flip.flips,
      rows: [...flip.rows],
      predictedAfter: classes[flip.predictedAfter],
      runnerUp: classes[flip.runnerUp],
      marginBefore: flip.margin,
      marginAfter: flip.marginAfter,
      largestTried: flip.largestTried,
    },
    comparison: { ...comparison, of: comparedWith },
    trust: (restoring ?? flip).trust.sentences.filter(({ severity }) => severity !== 'note').map(({ text }) => text),
  };
}

/** The fewest rows found without which the right class is predicted, with how far their estimates can be trusted. */
function restoringOf({
  explanation,
  flip,
}: Pick<ExplainAnswer, 'explanation' | 'flip'>): Pick<ExplainAnswer['flip'], 'rows' | 'trust'> | null {
  const { goal, other, smallestSet, trust } = explanation;
  if (goal !== 'restore') return null;
  const flipRestores = flip.flips && flip.predictedAfter === other;
  if (smallestSet === null || (flipRestores && flip.rows.length < smallestSet.length))
    return flipRestores ? flip : null;
  return { rows: smallestSet, trust };
}

/** The most frequent value of each column of groups among rows, where two or more have it. */
async function findShared(store: ProjectStore, rows: Int32Array): Promise<Explanation['shared']> {
  const own = [...rows].filter((row) => row < (store.sources.source?.rowCount ?? 0));
  const columns = store.sources.columns.filter(({ role }) => role === 'group');
  if (own.length < 2 || columns.length === 0) return [];
  const cells = await store.sources.readCells(
    own,
    columns.map(({ index }) => index),
  );
  return columns.flatMap(({ name }, at) => {
    const counts = new Map<string, number>();
    for (const texts of cells) counts.set(texts[at].trim(), (counts.get(texts[at].trim()) ?? 0) + 1);
    counts.delete('');
    const [most] = [...counts].sort((a, b) => b[1] - a[1]);
    return most !== undefined && most[1] >= 2 ? [{ column: name, value: most[0], rows: most[1] }] : [];
  });
}
