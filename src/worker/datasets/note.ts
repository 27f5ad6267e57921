export interface Note {
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
  /** Of labels as classes: nothing to somebody who takes them as numbers. */
  readonly ofClasses?: true;
  /** The window says it with a card of its own, and buttons. */
  readonly card?: 'labels' | 'leak';
}
