import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SaidDialect } from '../../contract/dataset';
import { relabelRecord } from '../exports/relabelling';
import { inspectCsv } from './inspectCsv';
import { readCsv } from './readCsv';
import { encodeText } from './records/encodings';
import { temporaryFolders } from './testFiles';

const folder = temporaryFolders();

/** How a table is written. */
interface Writing {
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: string;
  readonly newline: '\n' | '\r\n';
  readonly preamble: readonly string[];
  readonly comment: string;
  /** Every so many rows comes a comment. */
  readonly commentEvery: number;
  readonly quoteAll: boolean;
}

const writings: fc.Arbitrary<Writing> = fc
  .record({
    encoding: fc.constantFrom('utf-8' as const, 'utf-16le' as const, 'utf-16be' as const, 'windows-1252' as const),
    delimiter: fc.constantFrom(',', ';', '\t', '|', ':', '~', '^', '\x1f', '::'),
    quote: fc.constantFrom('"', "'"),
    backslash: fc.boolean(),
    newline: fc.constantFrom('\n' as const, '\r\n' as const),
    preamble: fc.array(fc.constantFrom('', 'Title', 'Title, of "it', "It's; mine", 'a|b\tc'), { maxLength: 3 }),
    comment: fc.constantFrom('', '#', '//'),
    commentEvery: fc.integer({ min: 1, max: 5 }),
    quoteAll: fc.boolean(),
  })
  .map(({ backslash, ...how }) => ({ ...how, escape: backslash ? '\\' : how.quote }));

const cell = fc.string({
  unit: fc.constantFrom('a', 'B', '1', '.', ' ', ',', ';', '\t', '|', ':', '"', "'", '\\', '\n', '#', '/', 'é', ''),
  maxLength: 6,
});

function writeCell(text: string, how: Writing, isFirst: boolean): string {
  const { quote, escape, delimiter, comment } = how;
  const isPlain =
    !text.includes(delimiter.charAt(0)) &&
    !/[\r\n\\'"]/.test(text) &&
    text.trim() === text &&
    !(isFirst && comment !== '' && text.startsWith(comment.charAt(0)));
  if (isPlain && !how.quoteAll && text !== '') return text;
  const escaped = [...text]
    .map((each) => (each === quote || (each === escape && escape === '\\') ? escape + each : each))
    .join('');
  return quote + escaped + quote;
}

function writeTable(how: Writing, rows: readonly (readonly string[])[]): string {
  const comment = `${how.comment} a comment, "not a row${how.newline}`;
  const records = rows.map((cells, k) => {
    const record = cells.map((text, c) => writeCell(text, how, c === 0)).join(how.delimiter) + how.newline;
    return how.comment !== '' && k % how.commentEvery === how.commentEvery - 1 ? record + comment : record;
  });
  return how.preamble.map((line) => line + how.newline).join('') + records.join('');
}

async function read(path: string, dialect: SaidDialect) {
  const inspection = await inspectCsv(path, { dialect });
  const cells: string[][] = [];
  const records: Buffer[] = [];
  const bytes = readFileSync(path);
  const result = await readCsv(path, {
    head: inspection.head,
    onBlock: (block) => {
      block.cells.forEach((row, k) => {
        cells.push([...row]);
        records.push(bytes.subarray(block.byteStarts[k], (block.byteStarts[k] ?? 0) + (block.byteLengths[k] ?? 0)));
      });
    },
  });
  return { inspection, result, cells, records };
}

describe('a table written in any dialect', () => {
  it('is read back when the dialect is told, and relabelled without another change', async () => {
    const path = join(folder(), 'data.csv');
    const tables = fc
      .integer({ min: 2, max: 4 })
      .chain((width) =>
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 12 }),
      );
    await fc.assert(
      fc.asyncProperty(writings, tables, cell, async (how, rows, label) => {
        const names = (rows[0] ?? []).map((_, index) => `column${index}`);
        const bytes = encodeText(writeTable(how, [names, ...rows]), how.encoding);
        fc.pre(bytes !== null);
        writeFileSync(path, bytes);
        const { encoding, delimiter, quote, escape, comment, preamble } = how;
        const said = { encoding, delimiter, quote, escape, comment, skipLines: preamble.length, header: true };
        const { inspection, cells, records, result } = await read(path, said);
        expect(result.columnNames).toEqual(names);
        expect(cells).toEqual(rows);
        for (const part of Object.keys(said) as (keyof typeof said)[])
          expect(inspection.dialect[part]).toBe(said[part]);
        const relabelled = relabelRecord(
          records[0] ?? Buffer.alloc(0),
          label.trim() === '' ? 'x' : label,
          0,
          inspection.dialect,
        );
        writeFileSync(
          path,
          Buffer.concat([
            encodeText(writeTable({ ...how, comment: '', preamble: [] }, [names]), encoding) ?? Buffer.alloc(0),
            relabelled,
          ]),
        );
        const again = await read(path, { ...said, skipLines: 0 });
        expect(again.cells).toEqual([[label.trim() === '' ? 'x' : label, ...(rows[0] ?? []).slice(1)]]);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('is read back by detection where it is an ordinary table', async () => {
    const path = join(folder(), 'data.csv');
    const ordinary = writings.filter(
      ({ delimiter, quote }) => [',', ';', '\t', '|', '\x1f'].includes(delimiter) && quote === '"',
    );
    const text = fc.constantFrom('plain', 'a "quoted" word', 'some; more, text', "it's");
    await fc.assert(
      fc.asyncProperty(
        ordinary,
        fc.array(fc.tuple(fc.double({ min: -10, max: 10, noNaN: true }), text), { minLength: 30, maxLength: 60 }),
        async (how, made) => {
          const rows = made.map(([x, note], k) => [x.toFixed(3), note, 'AB'.charAt(k % 2)]);
          writeFileSync(path, encodeText(writeTable(how, [['x', 'note', 'label'], ...rows]), how.encoding) ?? '');
          const { result, cells } = await read(path, {});
          expect(result.columnNames).toEqual(['x', 'note', 'label']);
          expect(cells).toEqual(rows);
        },
      ),
      { numRuns: 300, seed: 2 },
    );
  });
});
