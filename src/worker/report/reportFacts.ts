import { basename } from 'node:path';
import type { AuditSummary } from '../../contract/audit';
import type { Column, SourceFormat } from '../../contract/dataset';
import type { Picture } from '../../contract/pictures';
import type { Filter, Query, ReviewRow } from '../../contract/review';
import type { Verification } from '../../contract/verify';
import type { CancellationSignal } from '../../core/job/jobContext';
import { computeReviewProgress } from '../../core/review/progress';
import type { ReadPictures } from '../exports/exportRequest';
import { readVerifications } from '../jobs/verifyJob';
import { findPictureColumn } from '../project/projectPictures';
import type { ProjectStore } from '../store/projectStore';
import type { SourceRecord } from '../store/storeTypes';

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

/** A row that the report names. */
export interface ReportedRow {
  readonly row: number;
  readonly id: string;
  readonly split: string;
  readonly given: string;
  /** The label it is to have; null: it is removed. */
  readonly to: string | null;
  readonly suspicion: number | null;
  readonly reasons: readonly string[];
  readonly note: string;
  /** Who decided; '' where nobody did. */
  readonly reviewer: string;
  readonly snippet: string | null;
  readonly picture: Picture | null;
}

/** Rows by the label they had and the one they are to have, most frequent first. */
interface LabelPair {
  readonly given: string;
  readonly to: string;
  readonly rows: number;
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
  /** The latest verification of this audit; null: none. */
  readonly proof: Verification | null;
  /** Which rows were verified: those decided to be removed, as many of the most suspicious ones, or others. */
  readonly proved: 'removed' | 'top' | 'others';
}

export interface ReportSources {
  readonly version: string;
  readonly threshold: number;
  /** Default: no pictures of files. */
  readonly readPictures: ReadPictures | undefined;
  readonly signal: CancellationSignal | undefined;
}

/** Rows named in a report. A longer list is a file of its own: the removal list, the scores. */
const mostChanged = 300;
const mostEvaluation = 100;
const blockRows = 4_000;
/** Of a picture in the report, in pixels: of 100 pictures at a time. */
const pictureSide = 72;
const picturesAtOnce = 100;

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
  const verifications = await readVerifications(store);
  const proof = verifications.find(({ auditStartedAt }) => auditStartedAt === audit.summary.startedAt) ?? null;
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

async function countPairs(
  store: ProjectStore,
  rows: Int32Array,
  signal: CancellationSignal | undefined,
): Promise<LabelPair[]> {
  const counts = new Map<string, { given: string; to: string; rows: number }>();
  for (let start = 0; start < rows.length; start += blockRows) {
    signal?.throwIfCancelled();
    for (const row of await store.review.readRows([...rows.subarray(start, start + blockRows)])) {
      const to = newLabelOf(row);
      if (to === null || to === row.givenLabel) continue;
      const key = JSON.stringify([row.givenLabel, to]);
      const pair = counts.get(key) ?? { given: row.givenLabel, to, rows: 0 };
      pair.rows += 1;
      counts.set(key, pair);
    }
  }
  return [...counts.values()].sort((a, b) => b.rows - a.rows || (a.given + a.to < b.given + b.to ? -1 : 1));
}

/** By decision, else as suggested; null: the row goes. */
function newLabelOf({ decision, suggestedLabel }: ReviewRow): string | null {
  if (decision?.kind === 'remove') return null;
  return decision?.kind === 'relabel' ? decision.label : suggestedLabel;
}

async function reportRows(store: ProjectStore, rows: Int32Array, sources: ReportSources): Promise<ReportedRow[]> {
  const reported: ReportedRow[] = [];
  const hasPictures = findPictureColumn(store.sources.columns) !== undefined;
  for (let start = 0; start < rows.length; start += picturesAtOnce) {
    sources.signal?.throwIfCancelled();
    const numbers = [...rows.subarray(start, start + picturesAtOnce)];
    const read = await store.review.readRows(numbers);
    const pictures = hasPictures ? ((await sources.readPictures?.(numbers, pictureSide)) ?? []) : [];
    read.forEach((row, at) => {
      reported.push({
        row: row.row,
        id: row.id,
        split: row.split,
        given: row.givenLabel,
        to: newLabelOf(row),
        suspicion: row.suspicion,
        reasons: row.reasons,
        note: row.note,
        reviewer: row.decision === null ? '' : (store.decisions.state.rows.get(row.row)?.reviewer ?? ''),
        snippet: row.snippet,
        picture: pictures[at] ?? greyPicture(row.picture, store.sources.source?.pictures ?? null),
      });
    });
  }
  return reported;
}

/** Pixels that stand in the row's own cells: 0 is white there. */
function greyPicture(
  grey: readonly number[] | null,
  shape: { readonly width: number; readonly height: number } | null,
): Picture | null {
  if (grey === null || shape === null) return null;
  const { width, height } = shape;
  const data = new Uint8Array(3 * width * height);
  grey.forEach((level, at) => data.fill(255 - level, 3 * at, 3 * at + 3));
  return { kind: 'picture', width, height, pixels: { width, height, data } };
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
