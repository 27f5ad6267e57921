import { describe, expect, it } from 'vitest';
import { countOverwritten } from '../../stores/review/bulkQuestion';
import { describeBulk, describeChange } from './bulkWords';

describe('what deciding many rows would change', () => {
  it('is asked in words', () => {
    expect(describeBulk({ kind: 'remove' }, 5000)).toBe('Remove 5,000 rows?');
    expect(describeBulk({ kind: 'class', label: 'cat' }, 1)).toBe('Relabel 1 row as cat?');
  });

  it('names rows by what they are and would be', () => {
    expect(describeChange({ from: 'undecided', to: 'remove', rows: 4812, stay: 0 })).toEqual({
      rows: '4,812',
      words: 'undecided → removed',
      overwrites: false,
    });
    expect(describeChange({ from: 'keep', to: 'remove', rows: 12, stay: 0 })).toMatchObject({ overwrites: true });
    expect(describeChange({ from: 'remove', to: 'remove', rows: 8, stay: 8 })).toEqual({
      rows: '8',
      words: 'stay removed',
      overwrites: false,
    });
    expect(describeChange({ from: 'relabel', to: 'relabel', rows: 8, stay: 3 }).words).toBe(
      'relabelled → relabelled otherwise (3 stay as they are)',
    );
  });

  it('counts decisions that would be overwritten', () => {
    const changes = [
      { from: 'undecided' as const, to: 'remove' as const, rows: 9, stay: 0 },
      { from: 'keep' as const, to: 'remove' as const, rows: 4, stay: 0 },
      { from: 'remove' as const, to: 'remove' as const, rows: 5, stay: 5 },
    ];
    expect(countOverwritten({ changes })).toBe(4);
  });
});
