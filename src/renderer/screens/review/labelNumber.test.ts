import { describe, expect, it } from 'vitest';
import { parseLabelNumber } from './labelNumber';

describe('a typed label', () => {
  it.each([
    ['1234.5', 1234.5],
    [' 1234,5 ', 1234.5],
    ['−3', -3],
    ['+.5', 0.5],
    ['1.5e3', 1500],
    ['7.', 7],
  ])('%j is a number', (text, value) => {
    expect(parseLabelNumber(text)).toBe(value);
  });

  it.each(['', ' ', 'abc', '1,234.5', '1.234,5', '1 234', '12 kg', '1e999', '--1', '.'])('%j is none', (text) => {
    expect(parseLabelNumber(text)).toBeNull();
  });
});
