import { describe, expect, it } from 'vitest';
import { mapCommandForKey } from './mapKeys';

const stroke = (key: string, held: Partial<Record<'ctrlKey' | 'shiftKey' | 'altKey', boolean>> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...held,
});

describe('keys of the map', () => {
  it('move, zoom and select', () => {
    expect(mapCommandForKey(stroke('ArrowRight'))).toEqual({ kind: 'pan', right: -60, down: 0 });
    expect(mapCommandForKey(stroke('+'))).toMatchObject({ kind: 'zoom', factor: 1.4 });
    // On many keyboards + needs Shift.
    expect(mapCommandForKey(stroke('+', { shiftKey: true }))).toMatchObject({ kind: 'zoom' });
    expect(mapCommandForKey(stroke('z'))).toEqual({ kind: 'fit' });
    expect(mapCommandForKey(stroke('I', { shiftKey: true }))).toEqual({ kind: 'select-seen', how: 'add' });
    expect(mapCommandForKey(stroke('i', { altKey: true }))).toEqual({ kind: 'select-seen', how: 'subtract' });
  });

  it('leave those of Review alone: decisions, classes, rows, undo', () => {
    for (const key of ['k', 'x', 'r', 'f', 'u', 'n', 'j', 'l', '0', '9', '/', ' ', 'Home', 'm', 's', 'v']) {
      expect(mapCommandForKey(stroke(key))).toBeNull();
    }
    expect(mapCommandForKey(stroke('z', { ctrlKey: true }))).toBeNull();
    expect(mapCommandForKey(stroke('ArrowDown', { shiftKey: true }))).toBeNull();
  });
});
