import { describe, expect, it } from 'vitest';
import { formatDay, readDay } from './days';

describe('days since 1970', () => {
  it.each(['1970-01-01', '2024-02-29', '1899-12-31', '2024-03-01 14:30', '2024-03-01 00:00:07'])(
    'are written and read as %s',
    (text) => {
      const days = readDay(text);
      expect(days).toEqual(expect.any(Number));
      expect(formatDay(days ?? NaN)).toBe(text);
    },
  );

  it('are nothing where nothing is typed, and not understood where it is no date', () => {
    expect(readDay('  ')).toBeNull();
    for (const text of ['2024', '2023-02-29', '2024-13-01', 'soon', '1/2/2024']) expect(readDay(text)).toBeUndefined();
    expect(readDay('2024-3-1T9:05')).toBeCloseTo(19783 + (9 * 60 + 5) / 1440, 9);
    expect(formatDay(Infinity)).toBe('–');
  });
});
