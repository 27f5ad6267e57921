import { expect, it } from 'vitest';
import { countScripts, scriptNames } from './scripts';

it.each([
  ['Hello, Wörld 2!', { Latin: 10 }],
  ['Привет, Ελλάδα', { Cyrillic: 6, Greek: 6 }],
  // One character beyond 65,536, and Japanese syllables.
  ['漢字𠮷かな', { 'Chinese and Japanese': 5 }],
  ['한국어 العربية עברית', { Hangul: 3, Arabic: 7, Hebrew: 5 }],
  ['ᚠᚢᚦ', { another: 3 }],
  ['12 !? 🙂', {}],
])('counts the letters of %s', (text, expected) => {
  const counts = new Uint32Array(scriptNames.length);
  countScripts(text, counts);
  const found = Object.fromEntries([...counts].flatMap((count, k) => (count > 0 ? [[scriptNames[k], count]] : [])));
  expect(found).toEqual(expected);
});
