import type { ReviewCommand } from './reviewKeys';

/** Where a view is, and how far its keys go. */
interface MoveFrom {
  readonly place: number;
  readonly total: number;
  /** Rows in a line. */
  readonly columns: number;
  /** Rows that are shown at once. */
  readonly page: number;
}

/**
 * The place that a moving key goes to. Up on the first line and down on the last one stay; down to a last line that is
 * not full goes to its end.
 */
export function placeOfMove(
  to: Extract<ReviewCommand, { kind: 'move' }>['to'],
  { place, total, columns, page }: MoveFrom,
): number {
  const last = total - 1;
  switch (to) {
    case 'previous':
      return Math.max(0, place - 1);
    case 'next':
      return Math.min(last, place + 1);
    case 'up':
      return place < columns ? place : place - columns;
    case 'down':
      return Math.floor(place / columns) === Math.floor(last / columns) ? place : Math.min(last, place + columns);
    case 'first':
      return 0;
    case 'last':
      return last;
    case 'page-up':
      return Math.max(place % columns, place - page);
    case 'page-down': {
      const next = place + page;
      if (next <= last) return next;
      // The same column of the last line, or the line's end.
      const line = Math.floor(last / columns) * columns;
      return Math.min(last, line + (place % columns));
    }
  }
}
