import { splitVisible } from '../../../../core/base/visibleText';

/** A stretch of a text with what it says: UTF-16 places, `end` exclusive. */
export interface TextMark {
  readonly start: number;
  readonly end: number;
  readonly weight: number;
}

/** Beyond this share of the strongest mark of all, a mark is drawn strongly. */
const strongShare = 0.4;

/** A stretch to draw: as it is, marked, or a sign for what would not be seen. */
interface MarkedPiece {
  readonly text: string;
  /** Of a sign: what it stands for. */
  readonly name?: string;
  readonly side?: 'for' | 'against';
  readonly isStrong?: boolean;
  readonly weight?: number;
}

/**
 * A text cut at its marks (in rising order, none over another), with what would not be seen made visible. `strongest`:
 * the largest |weight| of all texts that are drawn together. O(length + marks).
 */
export function cutAtMarks(text: string, marks: readonly TextMark[], strongest: number): MarkedPiece[] {
  const pieces: MarkedPiece[] = [];
  let at = 0;
  let next = 0;
  for (const piece of splitVisible(text, { keepLines: true })) {
    const end = at + piece.text.length;
    if (piece.kind === 'mark') {
      pieces.push({ text: piece.sign, name: piece.name });
      at = end;
      continue;
    }
    while (at < end) {
      while (next < marks.length && marks[next].end <= at) next++;
      const mark = marks.at(next);
      if (mark === undefined || mark.start >= end) {
        pieces.push({ text: text.slice(at, end) });
        at = end;
      } else if (mark.start > at) {
        pieces.push({ text: text.slice(at, mark.start) });
        at = mark.start;
      } else {
        const to = Math.min(mark.end, end);
        const { weight } = mark;
        const isStrong = Math.abs(weight) >= strongShare * strongest;
        pieces.push({ text: text.slice(at, to), side: weight > 0 ? 'for' : 'against', isStrong, weight });
        at = to;
      }
    }
  }
  return pieces;
}
