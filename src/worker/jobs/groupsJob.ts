import type { GroupComparison, GroupFacts } from '../../contract/groups';
import { groupComparisonSchema } from '../../contract/groups';
import { InputError } from '../../core/base/errors';
import { formatCount } from '../../core/base/format';
import { splitCodes } from '../../core/base/splitCodes';
import type { RowGroups } from '../../core/influence/attributions/groupEffects';
import { isLabelled } from '../../core/models/headKind';
import type { AnsweredGroup } from '../../core/study/groupStudy';
import { readSessionFacts, type SessionFacts } from '../review/sessionFacts';
import { type CellGroups, ProjectRows } from '../rows/projectRows';
import type { ProjectStore } from '../store/projectStore';
import type { JobTools } from './blockEncoders';
import type { Job } from './job';
import { keepRun, readRuns } from './keptRuns';
import { runStudyJob } from './studyJob';
import type { HeadData } from './studyRequest';

export interface GroupsJobRequest {
  /** By its place in the file. */
  readonly column: number;
  readonly retrainings: number;
  readonly threshold: number;
}

/** Each costs a Newton step, and a line on the screen. */
const mostGroups = 200;
const keptSuspects = 500;
const keptPairs = 3;
const comparisons = { kind: 'groups', key: 'groups', count: 10, schema: groupComparisonSchema } as const;

/** Compares groups, keeps what was found in the project, and returns it. A cancelled or failed one leaves nothing. */
export async function runGroups(
  store: ProjectStore,
  tools: JobTools,
  { column, retrainings, threshold }: GroupsJobRequest,
  job: Job,
  matrixBytes?: number,
): Promise<GroupComparison> {
  const audit = store.audits.latest;
  if (audit === null) throw new InputError('This dataset has not been audited yet. Run an audit first.');
  const startedAt = new Date().toISOString();
  const { name } = store.sources.columns[column];
  let groups: CellGroups | undefined;
  const { answer, head } = await runStudyJob(
    store,
    tools,
    {
      head: { from: 'audit' },
      kind: 'groups',
      seed: 0,
      question: async (data) => {
        groups = await groupRows(store, column, data);
        return { groups, retrainings };
      },
    },
    job,
    matrixBytes,
  );
  job.signal.throwIfCancelled();
  const suspects = findSuspects(await readSessionFacts(store), groups, threshold);
  const names = groups?.names ?? [];
  const comparison: GroupComparison = {
    id: job.id,
    startedAt,
    seconds: job.snapshot.seconds,
    auditStartedAt: audit.summary.startedAt,
    column: name,
    threshold,
    validationLabels: head.validationLabels,
    validationLoss: answer.validationLoss,
    validationAccuracy: answer.validationAccuracy,
    emptyGroups: names.length - answer.groups.length,
    groups: answer.groups.map((one) => ({ value: names[one.group], ...describe(one), ...suspects(one.group) })),
  };
  await keepRun(store, comparisons, comparison);
  return comparison;
}

/** What the project has, latest first. */
export async function readComparisons(store: ProjectStore): Promise<GroupComparison[]> {
  return readRuns(store, comparisons);
}

/** @throws InputError where there is nothing to compare, or too much. */
async function groupRows(store: ProjectStore, column: number, data: HeadData): Promise<CellGroups> {
  const { role, name } = store.sources.columns[column];
  const { input, classes } = data;
  // A class may have more than one spelling.
  const groups =
    role === 'label' && classes.length > 0
      ? { groupOf: Int32Array.from(input.labels), count: classes.length, names: classes }
      : await new ProjectRows(store).group(column, data);
  if (groups.count < 2) {
    throw new InputError(`All rows say the same in the column “${name}”, so there are no groups. Choose another.`);
  }
  if (groups.count > mostGroups) {
    throw new InputError(
      `The column “${name}” has ${formatCount(groups.count)} different values, and up to ${formatCount(mostGroups)} groups are compared. Choose a column with fewer.`,
    );
  }
  return groups;
}

function describe({
  rows,
  loss,
  lossGiven,
  accuracy,
  trust,
}: AnsweredGroup): Omit<GroupFacts, 'value' | 'suspects' | 'suspectRows' | 'pairs'> {
  // Gaps and sizes are about estimates: these groups were retrained without.
  const sentences = (trust?.sentences ?? []).filter(
    ({ of, about, severity }) => of === 'set' && severity !== 'note' && about !== 'gap' && about !== 'size',
  );
  return { rows, loss, lossGiven, accuracy, trust: sentences.map(({ text }) => text) };
}

type Suspects = Pick<GroupFacts, 'suspects' | 'suspectRows' | 'pairs'>;

/** The suspects of each group, by its number. O(n + suspects · log). */
export function findSuspects(
  {
    beliefs,
    labels,
    split,
    rowWeights,
    classes,
  }: Pick<SessionFacts, 'beliefs' | 'labels' | 'split' | 'rowWeights' | 'classes'>,
  groups: RowGroups | undefined,
  threshold: number,
): (group: number) => Suspects {
  if (beliefs === undefined || groups === undefined) return () => ({ suspects: null, suspectRows: [], pairs: [] });
  const { suspicion, others } = beliefs;
  const members = Array.from({ length: groups.count }, (): number[] => []);
  groups.groupOf.forEach((group, row) => {
    // Those that train, as the groups' rows are counted.
    const trains = split[row] === splitCodes.train && isLabelled(labels, row) && rowWeights?.[row] !== 0;
    if (group >= 0 && trains && suspicion[row] >= threshold) members[group].push(row);
  });
  return (group) => {
    const rows = members[group].sort((a, b) => suspicion[b] - suspicion[a]);
    const counts = new Map<string, { given: string; suggested: string; rows: number }>();
    for (const row of classes.length > 0 ? rows : []) {
      if (others[row] < 0) continue;
      const key = `${labels[row]}→${others[row]}`;
      const pair = counts.get(key) ?? { given: classes[labels[row]], suggested: classes[others[row]], rows: 0 };
      pair.rows += 1;
      counts.set(key, pair);
    }
    const pairs = [...counts.values()].sort((a, b) => b.rows - a.rows).slice(0, keptPairs);
    return { suspects: rows.length, suspectRows: rows.slice(0, keptSuspects), pairs };
  };
}
