/** What a card shows of its row: its picture, how its text begins, or the cells of its key columns. */
export type CardKind = 'picture' | 'text' | 'cells';

/** Lengths in CSS pixels. */
export interface GalleryGrid {
  readonly columns: number;
  /** Of a card, and from one line of cards to the next. */
  readonly cardWidth: number;
  readonly cardHeight: number;
  readonly lineHeight: number;
  /** Of the square of a picture. */
  readonly picture: number;
  /** Lines of text or cells. */
  readonly textLines: number;
}

export const galleryGap = 10;
/** Within a card. */
const padding = 8;
const border = 1;
const textLine = 17;
/** Below the picture or the text: both labels, a line each, and the suspicion. */
const foot = 3 * 18 + 6;

/** Cards of one size that fill the width: as many as fit with `size` pixels each, at least one. */
export function layGallery(kind: CardKind, width: number, size: number, cells: number): GalleryGrid {
  const room = Math.max(0, width - 2 * galleryGap);
  // A text is read in lines: its card is wider than a picture's.
  const wanted = kind === 'picture' ? size : 1.75 * size;
  const columns = Math.max(1, Math.floor((room + galleryGap) / (wanted + galleryGap)));
  const cardWidth = Math.floor((room - (columns - 1) * galleryGap) / columns);
  const inner = cardWidth - 2 * (padding + border);
  const textLines = kind === 'cells' ? Math.max(1, cells) : Math.max(3, Math.round(size / textLine / 1.5));
  // A single column does not become a poster.
  const picture = Math.max(16, Math.min(inner, size));
  const content = kind === 'picture' ? picture : textLines * textLine;
  // The number of the row stands over the picture, and above a text.
  const head = kind === 'picture' ? 0 : 18;
  const cardHeight = head + content + foot + 2 * (padding + border);
  return { columns, cardWidth, cardHeight, lineHeight: cardHeight + galleryGap, picture, textLines };
}

/** The size of a card that suits data of this kind. */
export function usualCard(kind: CardKind): number {
  return kind === 'picture' ? 112 : 128;
}
