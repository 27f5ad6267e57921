import { describe, expect, it } from 'vitest';
import { isBracketed, isCutList, parseVector } from './vectorText';

describe('parseVector', () => {
  it.each([
    ['[0.1, -2e-3, 5]', [0.1, -0.002, 5]],
    ['[0.1 -2.  3e-05]', [0.1, -2, 0.00003]],
    ['[ 0.1\n  0.2 ]', [0.1, 0.2]],
    ['(1,2)', [1, 2]],
    ['(1, 2,)', [1, 2]],
    ['{1;2;.5}', [1, 2, 0.5]],
    ['  [1, +2]\t', [1, 2]],
  ])('reads %j', (cell, numbers) => expect([...(parseVector(cell) ?? [])]).toEqual(numbers));

  it.each([
    '',
    '[]',
    '[1]',
    '[1, 2',
    '1, 2',
    '[1, 2)',
    '[1, , 2]',
    '[1, nan]',
    '[1, Infinity]',
    '[1, 1e999]',
    '[0x1f, 2]',
    '[1, "2"]',
    '[[1, 2], [3, 4]]',
    '[a, b]',
    '[0.1 0.2 ... 0.9]',
    // Decimal commas: four numbers would be made of two.
    '[0,12; 0,57]',
    '[0,12 0,57]',
    '{1;2 3}',
    '(see note)',
  ])('refuses %j', (cell) => expect(parseVector(cell)).toBeNull());
});

it('tells lists that were cut when they were written', () => {
  expect(isCutList('[0.1 0.2 ... 0.8 0.9]')).toBe(true);
  expect(isCutList('[0.1, 0.2, …, -0.9]')).toBe(true);
  expect(isCutList('(and so on ... until 5)')).toBe(false);
  expect(isCutList('[0.1, 0.2]')).toBe(false);
});

it('tells brackets without looking into them', () => {
  expect(['[x y]', ' (a) ', '{1}'].every(isBracketed)).toBe(true);
  expect(['', '[', '[]', '[x', 'x]', '(x]', 'f(x)'].some(isBracketed)).toBe(false);
});
