import { describe, expect, it } from 'vitest';
import { ariaKeys, formatKeys, matchesKeys } from './shortcuts';

const press = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...held,
});

describe('matchesKeys', () => {
  it('wants exactly the modifiers named', () => {
    expect(matchesKeys(press('k', { ctrlKey: true }), 'mod+k', false)).toBe(true);
    expect(matchesKeys(press('k'), 'mod+k', false)).toBe(false);
    expect(matchesKeys(press('k', { ctrlKey: true }), 'k', false)).toBe(false);
    expect(matchesKeys(press('k', { ctrlKey: true, altKey: true }), 'mod+k', false)).toBe(false);
    expect(matchesKeys(press('k', { metaKey: true }), 'mod+k', true)).toBe(true);
  });

  it('tells undo from redo', () => {
    expect(matchesKeys(press('Z', { ctrlKey: true, shiftKey: true }), 'mod+z', false)).toBe(false);
    expect(matchesKeys(press('Z', { ctrlKey: true, shiftKey: true }), 'mod+shift+z', false)).toBe(true);
  });

  it('takes a character however the layout makes it', () => {
    expect(matchesKeys(press('?', { shiftKey: true }), '?', false)).toBe(true);
    expect(matchesKeys(press('?'), '?', false)).toBe(true);
    expect(matchesKeys(press('/', { shiftKey: true }), '/', false)).toBe(true);
    expect(matchesKeys(press('+', { shiftKey: true }), '+', false)).toBe(true);
  });

  it('knows named keys', () => {
    expect(matchesKeys(press('Escape'), 'escape', false)).toBe(true);
    expect(matchesKeys(press(' '), 'space', false)).toBe(true);
    expect(matchesKeys(press('ArrowDown', { shiftKey: true }), 'arrowdown', false)).toBe(false);
  });
});

describe('keys in words', () => {
  it('names them for eyes and for screen readers', () => {
    expect(formatKeys('mod+shift+z', false)).toBe('Ctrl Shift Z');
    expect(formatKeys('mod+k', true)).toBe('⌘ K');
    expect(formatKeys('escape', false)).toBe('Esc');
    expect(ariaKeys('mod+k', false)).toBe('Control+K');
    expect(ariaKeys('escape', false)).toBe('Escape');
  });
});
