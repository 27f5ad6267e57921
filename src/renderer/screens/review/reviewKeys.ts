import type { ReviewViewName } from '../../stores/review/layoutModel';

/** What a key means in Review, whatever part of it has the focus. */
export type ReviewCommand =
  | { readonly kind: 'decide'; readonly decision: 'keep' | 'remove' | 'take' | 'later' | 'restore' }
  /** A class by its key: see {@link classKeys}. */
  | { readonly kind: 'class'; readonly digit: string }
  /** look: the picture of the row in large, or its evidence where pictures are no files. */
  | { readonly kind: 'pick-class' | 'note' | 'look' | 'open-evidence' | 'telling-words' | 'undo' | 'redo' | 'clear' }
  | { readonly kind: 'explain' | 'when-to-stop' }
  /** The pane of facets, or it goes. */
  | { readonly kind: 'facets' | 'filter-column' }
  /** Takes the first or the second of two decisions that differ. */
  | { readonly kind: 'settle'; readonly side: 'first' | 'second' }
  | { readonly kind: 'select-all' | 'copy' | 'find' | 'toggle-row' | 'beside' }
  | { readonly kind: 'view'; readonly view: ReviewViewName }
  | {
      readonly kind: 'move';
      /** up, down: by a line of the view that has the keys. */
      readonly to: 'previous' | 'next' | 'up' | 'down' | 'first' | 'last' | 'page-up' | 'page-down';
      /** Shift: selects from where the selection began to the new place. */
      readonly extend: boolean;
      /** Ctrl: moves without changing the selection. */
      readonly keep: boolean;
    };

/** The part of a KeyboardEvent that decides. */
export interface KeyStroke {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

const plain: Readonly<Record<string, ReviewCommand>> = {
  k: { kind: 'decide', decision: 'keep' },
  x: { kind: 'decide', decision: 'remove' },
  r: { kind: 'decide', decision: 'take' },
  f: { kind: 'decide', decision: 'later' },
  u: { kind: 'decide', decision: 'restore' },
  n: { kind: 'note' },
  w: { kind: 'telling-words' },
  t: { kind: 'view', view: 'table' },
  g: { kind: 'view', view: 'gallery' },
  m: { kind: 'view', view: 'map' },
  c: { kind: 'view', view: 'matrix' },
  s: { kind: 'beside' },
  e: { kind: 'explain' },
  p: { kind: 'facets' },
  q: { kind: 'when-to-stop' },
};

type Destination = Extract<ReviewCommand, { kind: 'move' }>['to'];

/** J and L go back and forth as in a video editor; K between them keeps. */
const moves: Readonly<Record<string, Destination>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'previous',
  ArrowRight: 'next',
  j: 'previous',
  l: 'next',
  Home: 'first',
  End: 'last',
  PageUp: 'page-up',
  PageDown: 'page-down',
};

const withControl: Readonly<Record<string, ReviewCommand>> = {
  z: { kind: 'undo' },
  y: { kind: 'redo' },
  a: { kind: 'select-all' },
  c: { kind: 'copy' },
  f: { kind: 'find' },
  ' ': { kind: 'toggle-row' },
};

/** The command of a key in Review, or null when the key means nothing there. Delete and Backspace never decide. */
export function commandForKey(stroke: KeyStroke): ReviewCommand | null {
  if (stroke.altKey) return null;
  const key = stroke.key.length === 1 ? stroke.key.toLowerCase() : stroke.key;
  const control = stroke.ctrlKey || stroke.metaKey;
  const to = moves[key];
  if (to !== undefined && !(control && key.length === 1)) {
    return { kind: 'move', to, extend: stroke.shiftKey, keep: control };
  }
  if (control) {
    if (stroke.shiftKey) return key === 'z' ? { kind: 'redo' } : null;
    return withControl[key] ?? null;
  }
  // Shift is part of typing these on some keyboards (a French one has digits above, a German one "/").
  if (/^[0-9]$/.test(key)) return { kind: 'class', digit: key };
  if (key === '[' || key === ']') return { kind: 'settle', side: key === '[' ? 'first' : 'second' };
  if (key === '/') return { kind: 'pick-class' };
  if (key === 'Escape') return { kind: 'clear' };
  if (stroke.shiftKey) return null;
  if (key === ' ') return { kind: 'look' };
  return plain[key] ?? null;
}

/**
 * The digit key of each class. Classes that are digits themselves have their own digit (3 means class 3, not the third
 * class); all others have 1–9, and 0 for the tenth, by their place in the class list.
 */
export function classKeys(classes: readonly string[]): ReadonlyMap<string, string> {
  if (classes.length > 0 && classes.every((label) => /^[0-9]$/.test(label))) {
    return new Map(classes.map((label) => [label, label]));
  }
  return new Map(classes.slice(0, 10).map((label, place) => [String((place + 1) % 10), label]));
}
