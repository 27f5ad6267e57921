import { type Explanation, smallestSetOf } from '../../contract/explain';
import type { GroupComparison } from '../../contract/groups';
import type { Verification } from '../../contract/verify';
import { readExplanations } from '../jobs/explainJob';
import { readComparisons } from '../jobs/groupsJob';
import { readVerifications } from '../jobs/verifyJob';
import type { ProjectStore } from '../store/projectStore';
import { type ReportedRow, reportRows, type RowSources } from './reportedRows';
import { readMarks } from './reportMarks';

/** A prediction that is explained, with what the report shows of the rows that it names. */
export interface ExplainedRow {
  readonly explanation: Explanation;
  /** By number: the row itself, those listed on either side, and the first of the smallest set. */
  readonly rows: ReadonlyMap<number, ReportedRow>;
}

/** What people have marked to be in the report, the first marked first. */
export interface MarkedRuns {
  readonly verifications: readonly Verification[];
  readonly explanations: readonly ExplainedRow[];
  readonly comparisons: readonly GroupComparison[];
}

/** Rows that a report lists on either side of a prediction, and of a smallest set. */
export const listedPulls = 5;
export const listedSet = 12;

/** The runs that are marked and still kept. O(runs), and the rows they name. */
export async function readMarkedRuns(store: ProjectStore, sources: RowSources): Promise<MarkedRuns> {
  const marks = await readMarks(store);
  const inOrder = <Run extends { readonly id: string }>(ids: readonly string[], runs: readonly Run[]): Run[] =>
    ids.flatMap((id) => runs.find((run) => run.id === id) ?? []);
  const explanations: ExplainedRow[] = [];
  for (const explanation of inOrder(marks.explanation, await readExplanations(store))) {
    explanations.push({ explanation, rows: await readNamedRows(store, explanation, sources) });
  }
  return {
    verifications: inOrder(marks.verification, await readVerifications(store)),
    explanations,
    comparisons: inOrder(marks.groups, await readComparisons(store)),
  };
}

async function readNamedRows(
  store: ProjectStore,
  explanation: Explanation,
  sources: RowSources,
): Promise<Map<number, ReportedRow>> {
  const { row, supporting, opposing } = explanation;
  const pulls = [supporting, opposing].flatMap((list) => list.slice(0, listedPulls));
  const own = row === null ? [] : [row];
  const named = new Set([...own, ...pulls.map((pull) => pull.row), ...smallestSetOf(explanation).slice(0, listedSet)]);
  const reported = await reportRows(store, Int32Array.from(named), sources);
  return new Map(reported.map((one) => [one.row, one]));
}
