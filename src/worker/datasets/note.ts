export interface Note {
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
  /** The window says it with a card of its own, and buttons. */
  readonly card?: 'labels' | 'leak';
}
