import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Dialect, plainDialect } from '../../contract/dataset';
import { InputError } from '../../core/base/errors';
import { decodeBytes, encodeText } from '../datasets/records/encodings';
import { parseRecords } from '../datasets/records/recordParser';
import { relabelRecord } from './relabelling';

const encodings = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
const text = (encoding: Dialect['encoding']) =>
  fc.string({
    unit: fc.constantFrom(
      'a',
      '1',
      ' ',
      ',',
      ';',
      '\t',
      '"',
      '\n',
      '\r',
      'é',
      ...(encoding === 'windows-1252' ? ['€'] : ['漢', '😀']),
    ),
    maxLength: 6,
  });

const cases = fc.constantFrom(...encodings).chain((encoding) =>
  fc.record({
    encoding: fc.constant(encoding),
    delimiter: fc.constantFrom(',', ';', '\t'),
    newline: fc.constantFrom('\n' as const, '\r\n' as const),
    terminated: fc.boolean(),
    cells: fc.array(fc.tuple(text(encoding), fc.boolean()), { minLength: 2, maxLength: 5 }),
    place: fc.nat(),
    label: text(encoding).filter((label) => label.trim() === label && label !== ''),
  }),
);

describe('relabelRecord', () => {
  it('changes the label and not one byte before or after it, in any dialect and encoding', () => {
    fc.assert(
      fc.property(cases, ({ encoding, delimiter, newline, terminated, cells, place, label }) => {
        const dialect: Dialect = { ...plainDialect, encoding, delimiter, newline };
        const column = place % cells.length;
        const written = cells.map(([cell, quoted]) =>
          quoted || /[",;\t\r\n]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell,
        );
        const before = written
          .slice(0, column)
          .map((cell) => cell + delimiter)
          .join('');
        const after =
          written
            .slice(column + 1)
            .map((cell) => delimiter + cell)
            .join('') + (terminated ? newline : '');
        const record = encodeText(before + (written[column] ?? '') + after, encoding) ?? Buffer.alloc(0);
        const result = relabelRecord(record, label, column, dialect);
        const found = decodeBytes(result, encoding);
        expect(found.startsWith(before)).toBe(true);
        expect(found.endsWith(after)).toBe(true);
        const expected = cells.map(([cell], k) => (k === column ? label : cell));
        expect(parseRecords(found, dialect, true).cells).toEqual([expected]);
      }),
      { numRuns: 1000, seed: 1 },
    );
  });

  it('says when the encoding has no such character', () => {
    const dialect: Dialect = { ...plainDialect, encoding: 'windows-1252' };
    expect(() => relabelRecord(Buffer.from('1,a\n'), '漢', 1, dialect)).toThrow(InputError);
  });

  it('fills up a record that is too short', () => {
    expect(relabelRecord(Buffer.from('1\n'), 'b', 2, plainDialect).toString()).toBe('1,,b\n');
  });
});
