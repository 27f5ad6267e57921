import { splitCodes } from '../base/splitCodes';
import type { Copies } from './copySets';
import {
  type IssueName,
  type MediaColumns,
  mediaFlags,
  mediaIssues,
  type MediaReason,
  mediaReasonWords,
} from './mediaIssues';
import { issueFrom } from './oddity';
import type { OddityScores } from './pictureIssues';

/** What was found in one kind of media; n entries each. */
export interface FoundIssues {
  readonly scores: OddityScores;
  /** null where copies were not looked for. */
  readonly copies: Copies | null;
}

interface MarkedRows {
  /** Issues that were looked for. */
  readonly names: readonly IssueName[];
  /** null: the data have none, or nothing was asked of them. */
  readonly pictures: FoundIssues | null;
  readonly texts: FoundIssues | null;
  /** n: rows with the same number have the same label, rows without one NaN. */
  readonly labels: Float64Array;
  /** n values of splitCodes. */
  readonly split: Uint8Array;
  /** Of reasons.ts: a copy has another label. */
  readonly copyDisagrees: number;
}

/** What the issues of the media are to an audit. */
export interface RowMarks {
  readonly columns: Partial<MediaColumns>;
  /** n: bits of mediaFlags, and `copyDisagrees`. */
  readonly reasons: Uint32Array;
  /** Rows of each reason, those of the first `shown` rows, in the order of mediaFlags. */
  counts(shown: number): { readonly reason: string; readonly rows: number }[];
  /** Labelled rows whose copies have another label. */
  readonly disagreeing: number;
  /** Labelled validation and test rows that are copies of training rows. */
  readonly leaked: number;
}

type Columns = { -readonly [Field in keyof MediaColumns]?: Float64Array };

/** Turns scores into reasons. What copies tell of labels and splits, labelled rows tell. O(n · issues). */
export function markRows({ names, pictures, texts, labels, split, copyDisagrees }: MarkedRows): RowMarks {
  const n = labels.length;
  const reasons = new Uint32Array(n);
  const columns: Columns = {};
  for (const { name, field, media, reason } of mediaIssues) {
    const found = media === 'pictures' ? pictures : texts;
    if (found === null || !names.includes(name)) continue;
    if (reason === null) {
      if (found.copies !== null) addCopies(found.copies, media === 'pictures' ? 'picture' : 'text', columns, reasons);
      continue;
    }
    const score = found.scores[name as keyof OddityScores];
    if (score === undefined) continue;
    columns[field] = score;
    for (let row = 0; row < n; row++) if (score[row] >= issueFrom) reasons[row] |= mediaFlags[reason];
  }
  const sets = joinMedia(pictures?.copies ?? null, texts?.copies ?? null);
  const { disagreeing, leaked } = markSets(sets, labels, split, copyDisagrees, reasons);
  const counts = (shown: number): { reason: string; rows: number }[] =>
    (Object.keys(mediaFlags) as MediaReason[]).flatMap((reason) => {
      const rows = reasons
        .subarray(0, shown)
        .reduce((sum, bits) => sum + ((bits & mediaFlags[reason]) !== 0 ? 1 : 0), 0);
      return rows === 0 ? [] : [{ reason: mediaReasonWords[reason], rows }];
    });
  return { columns, reasons, counts, disagreeing, leaked };
}

function addCopies(
  { sets, exact, score }: Copies,
  media: 'picture' | 'text',
  columns: Columns,
  reasons: Uint32Array,
): void {
  columns[`${media}Copy`] = score;
  columns[`${media}CopySet`] = Float64Array.from(sets, (set) => (set < 0 ? Number.NaN : set));
  for (let row = 0; row < sets.length; row++) {
    if (exact[row] === 1) reasons[row] |= mediaFlags.exactCopy;
    else if (sets[row] >= 0) reasons[row] |= mediaFlags.nearCopy;
  }
}

/** The rows of each set of copies: where data have pictures and texts, copies of both. */
function joinMedia(pictures: Copies | null, texts: Copies | null): number[][] {
  const [one, other] = pictures === null ? [texts, null] : [pictures, texts];
  if (one === null) return [];
  const rowsOf = new Map<string | number, number[]>();
  one.sets.forEach((set, row) => {
    if (set < 0 || (other !== null && other.sets[row] < 0)) return;
    const key = other === null ? set : `${set} ${other.sets[row]}`;
    const rows = rowsOf.get(key);
    if (rows === undefined) rowsOf.set(key, [row]);
    else rows.push(row);
  });
  return [...rowsOf.values()].filter((rows) => rows.length > 1);
}

function markSets(
  sets: readonly (readonly number[])[],
  labels: Float64Array,
  split: Uint8Array,
  copyDisagrees: number,
  reasons: Uint32Array,
): Pick<RowMarks, 'disagreeing' | 'leaked'> {
  let disagreeing = 0;
  let leaked = 0;
  for (const set of sets) {
    const rows = set.filter((row) => !Number.isNaN(labels[row]));
    if (new Set(rows.map((row) => labels[row])).size > 1) {
      disagreeing += rows.length;
      for (const row of rows) reasons[row] |= copyDisagrees;
    }
    if (new Set(rows.map((row) => split[row])).size > 1) {
      for (const row of rows) reasons[row] |= mediaFlags.copyInOtherSplit;
      const heldOut = rows.filter((row) => split[row] !== splitCodes.train);
      if (heldOut.length < rows.length) leaked += heldOut.length;
    }
  }
  return { disagreeing, leaked };
}
