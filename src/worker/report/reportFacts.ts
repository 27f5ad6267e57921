import { basename } from 'node:path';
import type { AuditSummary } from '../../contract/audit';
import type { Column, SourceFormat } from '../../contract/dataset';
import type { Filter, Query } from '../../contract/review';
import type { Verification } from '../../contract/verify';
import { computeReviewProgress } from '../../core/review/progress';
import type { WrittenFile } from '../exports/stagedFiles';
import { readVerifications } from '../jobs/verifyJob';
import { findPictureColumn } from '../project/projectPictures';
import type { ProjectStore } from '../store/projectStore';
import type { SourceRecord } from '../store/storeTypes';
import { type MarkedRuns, readMarkedRuns } from './markedRuns';
import { countPairs, type LabelPair, type ReportedRow, reportRows, type RowSources } from './reportedRows';

/** What a row is, for people. */
type RowKind = 'row' | 'picture' | 'text';

/** A file that was read. */
interface ReadFile {
  readonly name: string;
  readonly format: SourceFormat;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  readonly rows: number;
  readonly rowIssues: number;
}

/** Everything a report says, before it is put into words. */
export interface ReportFacts {
  readonly name: string;
  readonly version: string;
  readonly rowKind: RowKind;
  readonly file: ReadFile;
  readonly validationFile: ReadFile | null;
  readonly columns: readonly Column[];
  readonly audit: AuditSummary;
  /** Suspicion from which a row is a suspect. */
  readonly threshold: number;
  /** Labelled training rows at or above it, and those of them that nobody decided about. */
  readonly suspects: number;
  readonly pending: number;
  readonly decided: {
    readonly kept: number;
    readonly removed: number;
    readonly relabelled: number;
    readonly later: number;
  };
  readonly progress: ReturnType<typeof computeReviewProgress>;
  /** Labelled training rows by suspicion: equal bins from 0 to 1. */
  readonly histogram: readonly number[];
  readonly highestSuspicion: number | null;
  /** Of rows whose label was changed, or where nobody decided, of suspects by their suggested label. */
  readonly pairs: readonly LabelPair[];
  /** Rows removed or relabelled, or where nobody decided, suspects: how many, and the most suspicious of them. */
  readonly changedCount: number;
  readonly changed: readonly ReportedRow[];
  readonly evaluationCount: number;
  readonly evaluation: readonly ReportedRow[];
  /** Of this audit the verification that was marked last, else the latest; null: none. */
  readonly proof: Verification | null;
  /** Which rows were verified: those decided to be removed, as many of the most suspicious ones, or others. */
  readonly proved: 'removed' | 'top' | 'others';
  /** In the report because a person wants it there. */
  readonly marked: MarkedRuns;
  /** Files that were written with it, or by the last export before it. */
  readonly outputs: readonly WrittenFile[];
}

export interface ReportSources extends RowSources {
  readonly version: string;
  readonly threshold: number;
  readonly outputs: readonly WrittenFile[];
}

/** Rows named in a report. A longer list is a file of its own: the removal list, the scores. */
const mostChanged = 300;
const mostEvaluation = 100;

/**
 * Gathers what a report says of an audited project. O(suspects + decided rows).
 * @throws InputError before the first audit; CancelledError.
 */
export async function gatherReport(store: ProjectStore, sources: ReportSources): Promise<ReportFacts> {
  const { threshold } = sources;
  const { validation, columns } = store.sources;
  const source = store.sources.requireSource();
  const audit = store.audits.requireLatest();
  const totals = await store.review.totals(threshold);
  const progress = computeReviewProgress(totals);
  const hasDecisions = progress.wrong > 0 || progress.decided > 0;
  const changedRows = hasDecisions
    ? await store.review.query(queryOf(threshold, 'all', [decisionIn('remove', 'relabel')]))
    : await store.review.query(queryOf(threshold, 'pending', []));
  const evaluationRows = await store.review.query(queryOf(threshold, 'evaluation', []));
  const isNumeric = audit.classes.length === 0;
  const marked = await readMarkedRuns(store, sources);
  const isOfAudit = ({ auditStartedAt }: Verification): boolean => auditStartedAt === audit.summary.startedAt;
  const proof =
    marked.verifications.filter(isOfAudit).pop() ?? (await readVerifications(store)).find(isOfAudit) ?? null;
  return {
    name: store.name,
    version: sources.version,
    rowKind: rowKindOf(source, columns),
    file: describeFile(source),
    validationFile: validation === null ? null : describeFile(validation),
    columns,
    audit: audit.summary,
    threshold,
    suspects: totals.suspects,
    pending: totals.pending,
    decided: { kept: totals.kept, removed: totals.removed, relabelled: totals.relabelled, later: totals.later },
    progress,
    histogram: totals.histogram,
    highestSuspicion: totals.highestSuspicion,
    pairs: isNumeric ? [] : await countPairs(store, changedRows, sources.signal),
    changedCount: changedRows.length,
    changed: await reportRows(store, changedRows.subarray(0, mostChanged), sources),
    evaluationCount: evaluationRows.length,
    evaluation: await reportRows(store, evaluationRows.subarray(0, mostEvaluation), sources),
    proof,
    proved: proof === null ? 'others' : await whichWereProved(store, proof, threshold),
    marked,
    outputs: sources.outputs,
  };
}

function queryOf(threshold: number, queue: Query['queue'], filters: readonly Filter[]): Query {
  return { queue, threshold, filters: [...filters], search: '', sort: [{ column: 'rank', descending: false }] };
}

function decisionIn(...values: string[]): Filter {
  return { kind: 'in', column: 'decision', values };
}

function rowKindOf({ pictures }: Pick<SourceRecord, 'pictures'>, columns: readonly Column[]): RowKind {
  if (pictures !== null || findPictureColumn(columns) !== undefined) return 'picture';
  return columns.some(({ type, role }) => type === 'text' && role === 'feature') ? 'text' : 'row';
}

function describeFile({
  fingerprint: { path, entry, bytes, sha256 },
  format = 'delimited',
  rowCount,
  issueCount,
}: Pick<SourceRecord, 'fingerprint' | 'format' | 'rowCount' | 'issueCount'>): ReadFile {
  const name = entry === undefined ? basename(path) : `${basename(path)}, ${entry}`;
  return { name, format, bytes, sha256, rows: rowCount, rowIssues: issueCount };
}

/** Of long lists only the beginning is kept: then the count has to do. */
async function whichWereProved(
  store: ProjectStore,
  { rows, rowCount }: Verification,
  threshold: number,
): Promise<ReportFacts['proved']> {
  const verified = new Set(rows);
  const areAll = (found: readonly number[]): boolean =>
    found.length === rowCount && (rows.length < rowCount || found.every((row) => verified.has(row)));
  const removed = [...store.decisions.state.rows].flatMap(([row, { decision }]) =>
    decision?.kind === 'remove' ? [row] : [],
  );
  if (areAll(removed)) return 'removed';
  const training: Filter = { kind: 'in', column: 'split', values: ['train'] };
  const ranked: Filter = { kind: 'range', column: 'rank', min: 1, max: null };
  const first = await store.review.query(queryOf(threshold, 'all', [training, ranked]));
  return areAll([...first.subarray(0, rowCount)]) ? 'top' : 'others';
}
