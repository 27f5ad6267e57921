import type { GroupComparison, GroupConfusion, GroupFacts } from '../../contract/groups';
import { groupComparisonSchema } from '../../contract/groups';
import { believedConfusion, kappaOf } from '../../core/annotators/believedConfusion';
import { InputError } from '../../core/base/errors';
import { finiteOrNull, formatCount } from '../../core/base/format';
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
/** Confusions of more classes are no picture any more. */
const drawnClasses = 20;
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
  const facts = await readSessionFacts(store);
  const suspects = findSuspects(facts, groups, threshold);
  // Where the groups are the classes, a group has one label.
  const confusions = findConfusions(facts, store.sources.columns[column].role === 'label' ? undefined : groups);
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
    classes: facts.classes.length <= drawnClasses ? [...facts.classes] : [],
    confusion: confusions(null),
    emptyGroups: names.length - answer.groups.length,
    groups: answer.groups.map((one) => ({
      value: names[one.group],
      ...describe(one),
      ...suspects(one.group),
      confusion: confusions(one.group),
    })),
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
}: AnsweredGroup): Omit<GroupFacts, 'value' | 'suspects' | 'suspectRows' | 'pairs' | 'confusion'> {
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
  const members = membersOf({ labels, split, rowWeights }, groups, (row) => suspicion[row] >= threshold);
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

/** Training rows of each group that `isWanted`, by its number; as the groups' rows are counted. O(n). */
function membersOf(
  { labels, split, rowWeights }: Pick<SessionFacts, 'labels' | 'split' | 'rowWeights'>,
  groups: RowGroups,
  isWanted: (row: number) => boolean,
): number[][] {
  const members = Array.from({ length: groups.count }, (): number[] => []);
  groups.groupOf.forEach((group, row) => {
    const trains = split[row] === splitCodes.train && isLabelled(labels, row) && rowWeights?.[row] !== 0;
    if (group >= 0 && trains && isWanted(row)) members[group].push(row);
  });
  return members;
}

/** How each group's labels go with what is believed of them, by its number; null: of all groups. O(n + groups · C²). */
export function findConfusions(
  facts: Pick<SessionFacts, 'beliefs' | 'labels' | 'split' | 'rowWeights' | 'classes'>,
  groups: RowGroups | undefined,
): (group: number | null) => GroupConfusion | null {
  const { beliefs, labels, classes } = facts;
  if (beliefs === undefined || groups === undefined || classes.length === 0) return () => null;
  const members = membersOf(facts, groups, () => true);
  const C = classes.length;
  return (group) => {
    const rows = group === null ? members.flat() : members[group];
    const confusion = believedConfusion(beliefs, labels, rows, C);
    const line = (t: number): number[] => [...confusion.counts.subarray(t * C, (t + 1) * C)];
    return {
      kappa: finiteOrNull(kappaOf(confusion)),
      counts: C <= drawnClasses ? Array.from({ length: C }, (_, t) => line(t)) : [],
    };
  };
}
