import type { SelectionChange } from '../../../stores/review/reviewView';

/** What a key does on the map while it has the keys; all others mean what they mean in Review. */
export type MapCommand =
  | { readonly kind: 'pan'; readonly right: number; readonly down: number }
  | { readonly kind: 'zoom'; readonly factor: number }
  | { readonly kind: 'fit' }
  | { readonly kind: 'lasso' }
  | { readonly kind: 'select-seen'; readonly how: SelectionChange };

interface KeyStroke {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** CSS pixels that an arrow moves the map by. */
const panStep = 60;
/** What a key or a button zooms by. */
export const zoomStep = 1.4;

const pans: Readonly<Record<string, readonly [right: number, down: number]>> = {
  ArrowLeft: [panStep, 0],
  ArrowRight: [-panStep, 0],
  ArrowUp: [0, panStep],
  ArrowDown: [0, -panStep],
};

/** Digits are classes: "everything in sight" is Z and not 0. */
export function mapCommandForKey(stroke: KeyStroke): MapCommand | null {
  if (stroke.ctrlKey || stroke.metaKey) return null;
  const pressed = pans[stroke.key];
  if (pressed !== undefined) {
    return stroke.shiftKey || stroke.altKey ? null : { kind: 'pan', right: pressed[0], down: pressed[1] };
  }
  switch (stroke.key.length === 1 ? stroke.key.toLowerCase() : stroke.key) {
    case '+':
    case '=':
      return { kind: 'zoom', factor: zoomStep };
    case '-':
    case '−':
      return { kind: 'zoom', factor: 1 / zoomStep };
    case 'z':
      return stroke.shiftKey || stroke.altKey ? null : { kind: 'fit' };
    case 'a':
      return stroke.shiftKey || stroke.altKey ? null : { kind: 'lasso' };
    case 'i':
      return { kind: 'select-seen', how: changeFor(stroke) };
    default:
      return null;
  }
}

/** Shift adds, Alt takes away. */
export function changeFor({ shiftKey, altKey }: { shiftKey: boolean; altKey: boolean }): SelectionChange {
  return altKey ? 'subtract' : shiftKey ? 'add' : 'replace';
}
