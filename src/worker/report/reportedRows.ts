import type { Picture } from '../../contract/pictures';
import type { ReviewRow } from '../../contract/review';
import type { CancellationSignal } from '../../core/job/jobContext';
import type { ReadPictures } from '../exports/exportRequest';
import { findPictureColumn } from '../project/projectPictures';
import type { ProjectStore } from '../store/projectStore';

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
export interface LabelPair {
  readonly given: string;
  readonly to: string;
  readonly rows: number;
}

export interface RowSources {
  /** Default: no pictures of files. */
  readonly readPictures: ReadPictures | undefined;
  readonly signal: CancellationSignal | undefined;
}

const blockRows = 4_000;
/** Of a picture in the report, in pixels: of 100 pictures at a time. */
const pictureSide = 72;
const picturesAtOnce = 100;

/** Rows by the label they had and the one they are to have, the most frequent pairs first. O(rows). */
export async function countPairs(
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

/** The rows as the report shows them, with their pictures, in the order given. */
export async function reportRows(store: ProjectStore, rows: Int32Array, sources: RowSources): Promise<ReportedRow[]> {
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
