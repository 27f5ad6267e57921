import { describe, expect, it } from 'vitest';
import { formatWhen } from './dates';

describe('formatWhen', () => {
  const now = new Date(2024, 2, 13, 15, 0);
  const at = (...parts: [number, number, number, number, number]) => new Date(...parts).toISOString();

  it('says it by nearness', () => {
    expect(formatWhen(at(2024, 2, 13, 14, 59), now)).toBe('just now');
    expect(formatWhen(at(2024, 2, 13, 9, 5), now)).toBe('09:05');
    expect(formatWhen(at(2024, 2, 12, 23, 59), now)).toBe('yesterday');
    expect(formatWhen(at(2024, 2, 11, 8, 0), now)).toBe('Monday');
    expect(formatWhen(at(2023, 11, 1, 8, 0), now)).toBe('1 December 2023');
  });

  it('says nothing of a date that is none', () => {
    expect(formatWhen('soon', now)).toBe('');
  });
});
