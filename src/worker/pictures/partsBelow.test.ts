import { expect, it } from 'vitest';
import { partsBelow } from './partsBelow';

it('parts a path by either slash, and refuses whatever leads out', () => {
  expect(partsBelow('a/b.png')).toEqual(['a', 'b.png']);
  expect(partsBelow('.\\a\\\\b.png')).toEqual(['a', 'b.png']);
  expect(partsBelow(' a/..b.png')).toEqual([' a', '..b.png']);
  for (const path of ['', '.', '/', '/a', '../a', 'a/../../b', '..', 'c:\\a', 'C:a', 'a\0b', 'a\\..\\b']) {
    expect(partsBelow(path), path).toBeNull();
  }
});
