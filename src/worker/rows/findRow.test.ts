import { describe, expect, it } from 'vitest';
import { InputError } from '../../core/base/errors';
import { findRow } from './findRow';

describe('findRow', () => {
  const rowCount = 6;
  const ids = ['007', '7', 'a', 'a', ' b ', '\u001b[31mred'];

  it('takes ids before numbers, as the file spells them', () => {
    expect(findRow('007', { rowCount, ids }, '--row')).toBe(0);
    expect(findRow('7', { rowCount, ids }, '--row')).toBe(1);
    expect(findRow('b', { rowCount, ids }, '--row')).toBe(4);
    expect(findRow('3', { rowCount, ids }, '--row')).toBe(3);
    expect(findRow('row:1', { rowCount, ids }, '--row')).toBe(1);
    expect(findRow('row:1', { rowCount: 2, ids: ['row:1', 'x'] }, '--row')).toBe(0);
  });

  it('takes numbers where no column is the id', () => {
    expect(findRow('5', { rowCount, ids: undefined }, '--row')).toBe(5);
    expect(findRow('row:0', { rowCount, ids: undefined }, '--row')).toBe(0);
  });

  it.each([
    ['a', /^--row: 2 rows have the id “a”: 2, 3\. Name one by its number: row:2/],
    ['6', /^--row: there is no row “6”: no row has this id, and rows are numbered 0 to 5/],
    ['-1', /no row/],
    ['1.0', /no row/],
    ['', /no row/],
    ['\u001b[31mblue', /no row “[^\u001b]+”/],
  ])('refuses %j', (text, message) => {
    expect(() => findRow(text, { rowCount, ids }, '--row')).toThrow(message);
    expect(() => findRow(text, { rowCount, ids }, '--row')).toThrow(InputError);
  });

  it('says when there are no ids', () => {
    expect(() => findRow('a', { rowCount, ids: undefined }, '--row')).toThrow(/no column is the id/);
  });

  it('says some of many rows only', () => {
    expect(() => findRow('x', { rowCount, ids: new Array<string>(6).fill('x') }, '--row')).toThrow(
      /0, 1, 2, 3, 4, …\./,
    );
  });
});
