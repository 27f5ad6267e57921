import { describe, expect, it } from 'vitest';
import { classKeys, commandForKey, type KeyStroke } from './reviewKeys';

const press = (key: string, modifiers: Partial<KeyStroke> = {}) =>
  commandForKey({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...modifiers });

describe('commandForKey', () => {
  it.each([
    ['k', 'keep'],
    ['K', 'keep'],
    ['x', 'remove'],
    ['r', 'take'],
    ['f', 'later'],
    ['u', 'restore'],
  ])('%s decides: %s', (key, decision) => {
    expect(press(key)).toEqual({ kind: 'decide', decision });
  });

  it('never decides by Delete, Backspace, or a letter with a modifier', () => {
    for (const key of ['Delete', 'Backspace', 'Enter', 'Tab', 'y']) expect(press(key)).toBeNull();
    expect(press('x', { ctrlKey: true })).toBeNull();
    expect(press('k', { altKey: true })).toBeNull();
    expect(press('X', { shiftKey: true })).toBeNull();
  });

  it('moves by arrows and J/L, J backwards', () => {
    expect(press('j')).toMatchObject({ kind: 'move', to: 'previous' });
    expect(press('l')).toMatchObject({ kind: 'move', to: 'next' });
    expect(press('ArrowDown', { shiftKey: true })).toEqual({ kind: 'move', to: 'down', extend: true, keep: false });
    expect(press('ArrowDown', { ctrlKey: true })).toEqual({ kind: 'move', to: 'down', extend: false, keep: true });
    expect(press('End')).toMatchObject({ kind: 'move', to: 'last' });
  });

  it('changes views by a letter each', () => {
    expect(['t', 'g', 'c', 's'].map((key) => press(key))).toEqual([
      { kind: 'view', view: 'table' },
      { kind: 'view', view: 'gallery' },
      { kind: 'view', view: 'matrix' },
      { kind: 'beside' },
    ]);
    expect(press('q')).toEqual({ kind: 'when-to-stop' });
  });

  it('undoes and redoes with Ctrl or Cmd', () => {
    expect(press('z', { ctrlKey: true })).toEqual({ kind: 'undo' });
    expect(press('Z', { metaKey: true, shiftKey: true })).toEqual({ kind: 'redo' });
    expect(press('y', { ctrlKey: true })).toEqual({ kind: 'redo' });
  });

  it('takes digits and the slash whether or not Shift is needed to type them', () => {
    expect(press('3')).toEqual({ kind: 'class', digit: '3' });
    expect(press('3', { shiftKey: true })).toEqual({ kind: 'class', digit: '3' });
    expect(press('/', { shiftKey: true })).toEqual({ kind: 'pick-class' });
    expect(press('3', { ctrlKey: true })).toBeNull();
  });

  it('tells find from flag and copy from the matrix', () => {
    expect(press('f', { ctrlKey: true })).toEqual({ kind: 'find' });
    expect(press('c', { metaKey: true })).toEqual({ kind: 'copy' });
    expect(press('m')).toEqual({ kind: 'view', view: 'map' });
    expect(press('c')).toEqual({ kind: 'view', view: 'matrix' });
    expect(press('l', { ctrlKey: true })).toBeNull();
  });
});

describe('classKeys', () => {
  it('gives a class that is a digit its own key', () => {
    const keys = classKeys(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect(keys.get('3')).toBe('3');
    expect(keys.get('0')).toBe('0');
  });

  it('gives other classes their place, and none beyond the tenth', () => {
    const keys = classKeys(['bad', 'good']);
    expect([...keys]).toEqual([
      ['1', 'bad'],
      ['2', 'good'],
    ]);
    expect(classKeys(['10', '20']).get('1')).toBe('10');
    const many = classKeys(Array.from({ length: 12 }, (_, i) => `c${i}`));
    expect(many.size).toBe(10);
    expect(many.get('0')).toBe('c9');
  });
});
