import { expect, it } from 'vitest';
import { snippetOf } from './snippet';

it('snippetOf gives the beginning of a text on one line, in whole characters', () => {
  expect(snippetOf(' two\r\n\tlines ')).toBe('two lines');
  expect(snippetOf('\u{1f600}'.repeat(400))).toBe('\u{1f600}'.repeat(400));
  expect(snippetOf('\u{1f600}'.repeat(500))).toBe(`${'\u{1f600}'.repeat(399)}…`);
  expect(snippetOf(`a${' '.repeat(3198)}\u{1f600}`)).toBe('a…');
  expect(snippetOf('')).toBe('');
});
