import { describe, expect, it } from 'vitest';
import type { Column } from '../../contract/dataset';
import { isNumberOrClass, isNumericLabel, takesNumbers } from './numericLabel';

function column(
  type: Column['type'],
  distinct: number | null,
  range: [string, string] | null = null,
): Pick<Column, 'type' | 'distinct' | 'missing' | 'range'> {
  return { type, distinct, missing: 0, range };
}

describe('a label of whole numbers', () => {
  it('may be either where it is taken for classes and has more values than classes mostly have', () => {
    expect(isNumberOrClass(column('integer', 21, ['0', '20']), 200)).toBe(true);
    expect(isNumberOrClass(column('integer', 40, ['3', '977']), 10_000)).toBe(true);
    expect(isNumberOrClass(column('integer', 20, ['0', '19']), 200)).toBe(false);
    expect(isNumberOrClass(column('integer', 300, ['3', '977']), 1_000)).toBe(false);
    expect(isNumberOrClass(column('category', 40), 1_000)).toBe(false);
  });
});

describe('a label', () => {
  it('is a number where it has many values', () => {
    expect(isNumericLabel(column('number', 21), 1_000)).toBe(true);
    expect(isNumericLabel(column('number', null), 1_000_000)).toBe(true);
    expect(isNumericLabel(column('integer', 300, ['3', '977']), 1_000)).toBe(true);
    expect(isNumericLabel(column('integer', null, ['0', '99999']), 1_000_000)).toBe(true);
  });

  it('is a number in a small table where it has too many values for classes', () => {
    expect(isNumericLabel(column('number', 20), 20)).toBe(true);
    expect(isNumericLabel(column('number', 11), 20)).toBe(true);
    expect(isNumericLabel(column('number', 10), 20)).toBe(false);
    expect(isNumericLabel(column('integer', 20, ['3', '977']), 20)).toBe(false);
  });

  it('is a class where it has few values, many rows of each, or the codes of classes', () => {
    expect(isNumericLabel(column('number', 20), 1_000)).toBe(false);
    expect(isNumericLabel(column('integer', 10, ['0', '9']), 1_797)).toBe(false);
    expect(isNumericLabel(column('integer', 50, ['3', '977']), 1_000)).toBe(false);
    expect(isNumericLabel(column('integer', 40, ['0', '39']), 400)).toBe(false);
    expect(isNumericLabel(column('integer', 40, ['1', '40']), 400)).toBe(false);
    expect(isNumericLabel(column('integer', 40, ['0', '40']), 400)).toBe(true);
    expect(isNumericLabel(column('category', 300), 1_000)).toBe(false);
    expect(isNumericLabel(column('date', null, ['2020-01-01', '2021-01-01']), 1_000)).toBe(false);
  });

  it('is what the head says where one is chosen', () => {
    const price = column('number', 500);
    expect(takesNumbers({ head: 'auto' }, price, 1_000)).toBe(true);
    expect(takesNumbers({ head: 'softmax' }, price, 1_000)).toBe(false);
    expect(takesNumbers({ head: 'ridge' }, column('integer', 3), 1_000)).toBe(true);
  });
});
