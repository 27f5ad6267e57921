import { describe, expect, it } from 'vitest';
import { findCommands } from './findCommands';

const command = (id: string, title: string, words = '') => ({ id, title, group: 'Go to', words, run: () => undefined });
const commands = [
  command('redo', 'Redo'),
  command('export', 'Go to Export'),
  command('open', 'Open a data file…', 'csv import'),
  command('preview', 'Preview'),
  command('review', 'Go to Review'),
];

describe('findCommands', () => {
  it('finds all for nothing', () => {
    expect(findCommands(commands, '  ')).toHaveLength(5);
  });

  it('puts beginnings of titles before beginnings of words before the rest', () => {
    expect(findCommands(commands, 're').map((one) => one.id)).toEqual(['redo', 'review', 'preview']);
  });

  it('wants every word, in title, group or further words', () => {
    expect(findCommands(commands, 'CSV open').map((one) => one.id)).toEqual(['open']);
    expect(findCommands(commands, 'open parquet')).toEqual([]);
  });
});
