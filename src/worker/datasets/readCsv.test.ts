import { createHash } from 'node:crypto';
import { appendFileSync, chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Dialect, plainDialect, type RowIssue } from '../../contract/dataset';
import { CancelledError, InputError } from '../../core/base/errors';
import type { RecordBlock } from './datasetTypes';
import { inspectCsv } from './inspectCsv';
import { readCsv } from './readCsv';
import { encodeText } from './records/encodings';
import { temporaryFolders, writeTestFile } from './testFiles';

type CsvReadOptions = Parameters<typeof readCsv>[1];
type CsvReadResult = Awaited<ReturnType<typeof readCsv>>;

const folder = temporaryFolders();

interface Collected {
  readonly result: CsvReadResult;
  readonly cells: string[][];
  readonly lines: number[];
  readonly starts: number[];
  readonly lengths: number[];
  readonly issues: RowIssue[];
}

async function collect(path: string, options: Partial<CsvReadOptions> = {}): Promise<Collected> {
  const all = {
    cells: [] as string[][],
    lines: [] as number[],
    starts: [] as number[],
    lengths: [] as number[],
    issues: [] as RowIssue[],
  };
  const clear = (): void => {
    for (const list of Object.values(all)) list.length = 0;
  };
  const result = await readCsv(path, {
    onBlock: (block: RecordBlock) => {
      expect(block.firstRow).toBe(all.cells.length);
      all.cells.push(...block.cells.map((row) => [...row]));
      all.lines.push(...block.lines);
      all.starts.push(...block.byteStarts);
      all.lengths.push(...block.byteLengths);
      all.issues.push(...block.issues);
    },
    onRestart: clear,
    ...options,
  });
  expect(result.rowCount).toBe(all.cells.length);
  expect(result.issueCount).toBe(all.issues.length);
  return { result, ...all };
}

const read = (content: string | Uint8Array, options: Partial<CsvReadOptions> = {}): Promise<Collected> =>
  collect(writeTestFile(folder(), 'data.csv', content), options);

/** How a table is written: everything the reader must cope with. */
interface Writing {
  readonly encoding: Dialect['encoding'];
  readonly mark: boolean;
  readonly delimiter: string;
  readonly newlines: readonly string[];
  readonly finalNewline: boolean;
}

const alphabet = fc.constantFrom(
  'a',
  'b',
  '1',
  '.',
  '-',
  ' ',
  ',',
  ';',
  '\t',
  '"',
  '\n',
  '\r',
  '\r\n',
  'é',
  '€',
  '漢',
  '😀',
  '',
);
const cellText = fc.oneof(
  fc.string({ unit: alphabet, maxLength: 8 }),
  fc.constantFrom('', '0', '3.5', 'NA', '"', '""', '\r', '"\r'),
);
const latinText = fc.string({ unit: fc.constantFrom('a', '1', ',', '"', '\n', 'é', 'ÿ', '€', '\u0081'), maxLength: 6 });

const writing: fc.Arbitrary<Writing> = fc.record({
  encoding: fc.constantFrom('utf-8' as const, 'utf-16le' as const, 'utf-16be' as const, 'windows-1252' as const),
  mark: fc.boolean(),
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  // The last one mixes both kinds within a file.
  newlines: fc.constantFrom(['\n'], ['\r\n'], ['\r\n', '\n'], ['\r']),
  finalNewline: fc.boolean(),
});

const tables = writing.chain((how) =>
  fc.integer({ min: 2, max: 4 }).chain((width) =>
    fc.record({
      how: fc.constant(how),
      rows: fc.array(
        fc.array(how.encoding === 'windows-1252' ? latinText : cellText, { minLength: width, maxLength: width }),
        { minLength: 1, maxLength: 12 },
      ),
      quoteAll: fc.boolean(),
      removed: fc.infiniteStream(fc.boolean()),
    }),
  ),
);

function writeTable(
  how: Writing,
  quoteAll: boolean,
  rows: readonly (readonly string[])[],
): { bytes: Buffer; records: Buffer[] } {
  const encode = (text: string): Buffer => encodeText(text, how.encoding) ?? Buffer.alloc(0);
  const mark = how.mark && how.encoding !== 'windows-1252' ? encode('\ufeff') : Buffer.alloc(0);
  const records = rows.map((cells, index) => {
    const text = cells
      .map((cell) => (quoteAll || /["\r\n,;\t|]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell))
      .join(how.delimiter);
    const last = index === rows.length - 1 && !how.finalNewline;
    return encode(text + (last ? '' : (how.newlines[index % how.newlines.length] ?? '\n')));
  });
  return { bytes: Buffer.concat([mark, ...records]), records };
}

describe('readCsv', () => {
  it('gives back every cell, and the exact bytes of every record, of any table in any dialect and encoding', async () => {
    const path = writeTestFile(folder(), 'data.csv', '');
    await fc.assert(
      fc.asyncProperty(tables, async ({ how, rows, quoteAll, removed }) => {
        const header = rows[0]?.map((_, index) => `column${index}`) ?? [];
        const { bytes, records } = writeTable(how, quoteAll, [header, ...rows]);
        writeTestFile(join(path, '..'), 'data.csv', bytes);
        const dialect: Dialect = {
          ...plainDialect,
          encoding: how.encoding,
          byteOrderMark: how.mark && how.encoding !== 'windows-1252',
          delimiter: how.delimiter,
          quote: '"',
          newline: how.newlines[0] === '\r\n' ? '\r\n' : how.newlines[0] === '\r' ? '\r' : '\n',
          header: true,
        };
        const { cells, lines, starts, lengths, issues, result } = await collect(path, { dialect });
        expect(cells).toEqual(rows);
        expect(issues.filter(({ kind }) => kind !== 'not-a-number')).toEqual([]);
        expect(result.source.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
        const spans = starts.map((start, k) => bytes.subarray(start, start + (lengths[k] ?? 0)));
        expect(spans).toEqual(records.slice(1));
        const texts = [header, ...rows].map((row) => row.join(''));
        expect(lines).toEqual(
          rows.map(
            (_, k) =>
              1 +
              k +
              1 +
              texts
                .slice(0, k + 1)
                .join('')
                .split(dialect.newline === '\r' ? '\r' : '\n').length -
              1,
          ),
        );
        // A copy without some records' bytes reads as the table without those rows.
        const stream = removed[Symbol.iterator]();
        const gone = new Set(rows.flatMap((_, k) => (k > 0 && stream.next().value === true ? [k] : [])));
        const kept = Buffer.concat([bytes.subarray(0, starts[0]), ...spans.filter((_, k) => !gone.has(k))]);
        writeTestFile(join(path, '..'), 'data.csv', kept);
        const again = await collect(path, { dialect });
        expect(again.cells).toEqual(rows.filter((_, k) => !gone.has(k)));
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  it('does not depend on where the file is cut into pieces', async () => {
    const long = 'é"x"\n'.repeat(30_000);
    const rows = Array.from(
      { length: 4000 },
      (_, k) => `${k},"${k % 500 === 7 ? long.replace(/"/g, '""') : 'text, é\r\n'}",😀`,
    );
    const { cells, lines } = await read(`a,b,c\n${rows.join('\n')}\n`);
    expect(cells).toHaveLength(4000);
    expect(cells[7]).toEqual(['7', long, '😀']);
    expect(cells[3999]).toEqual(['3999', 'text, é\r\n', '😀']);
    expect(lines[8]).toBe((lines[7] ?? 0) + 30_001);
  });

  it('keeps ragged rows, fills or cuts them, and reports them by line', async () => {
    const { cells, issues } = await read('a,b,c\n1,2,3\n4,5\n"x\ny",6,7,8,9\n10,11,12\n');
    expect(cells).toEqual([
      ['1', '2', '3'],
      ['4', '5', ''],
      ['x\ny', '6', '7'],
      ['10', '11', '12'],
    ]);
    expect(issues.filter(({ kind }) => kind.startsWith('too'))).toMatchObject([
      { row: 1, line: 3, kind: 'too-few-cells' },
      { row: 2, line: 4, kind: 'too-many-cells', message: expect.stringContaining('"8", "9"') },
    ]);
  });

  it('marks cells that a row does not have as null in the preview', async () => {
    const { preview } = await inspectCsv(writeTestFile(folder(), 'data.csv', 'a,b,c\n1,2,3\n4\n'));
    expect(preview.rows).toEqual([
      ['1', '2', '3'],
      ['4', null, null],
    ]);
  });

  it('passes over blank lines and says so', async () => {
    const { cells, result, lines } = await read('a,b\n1,2\n\n3,4\n\n\n');
    expect(cells).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
    expect(lines).toEqual([2, 4]);
    expect(result.notes.map(({ text }) => text)).toEqual([
      '3 lines are blank (the first is line 3); they are not rows.',
    ]);
  });

  it('takes blank cells of a table of one column for rows', async () => {
    const { cells } = await read('a\n1\n\n3\n');
    expect(cells).toEqual([['1'], [''], ['3']]);
  });

  it('reports a quote that is not doubled', async () => {
    const { cells, issues } = await read('a,b\n"5" screen",x\n1,2\n');
    expect(cells[0]).toEqual(['5" screen', 'x']);
    expect(issues).toMatchObject([{ row: 0, line: 2, kind: 'stray-quote' }]);
  });

  it('reports NUL characters and keeps the row', async () => {
    const { cells, issues } = await read(`a,b\n${'plain,text\n'.repeat(20)}x\0y,2\n`);
    expect(cells[20]).toEqual(['x\0y', '2']);
    expect(issues).toMatchObject([{ row: 20, line: 22, kind: 'bad-bytes' }]);
  });

  it('reports infinities and words among numbers as cells treated as missing', async () => {
    const rows = Array.from({ length: 200 }, (_, k) => `${k},${k % 2}`);
    rows[10] = 'inf,0';
    rows[20] = '1e999,1';
    rows[30] = 'oops,0';
    const { issues, result } = await read(`x,label\n${rows.join('\n')}\n`);
    expect(issues.map(({ row, line, column, kind }) => [row, line, column, kind])).toEqual([
      [30, 32, 'x', 'not-a-number'],
      [10, 12, 'x', 'not-a-number'],
      [20, 22, 'x', 'not-a-number'],
    ]);
    expect(result.columns[0]).toMatchObject({ type: 'integer', range: ['0', '199'] });
    expect(result.notes.map(({ text }) => text)).toEqual([
      '1 cell of x is “oops” (line 32): treated as missing.',
      '2 cells of x are infinite or too large for a number (“inf” in line 12): treated as missing.',
    ]);
  });

  it('treats odd column names as ordinary and tells repeated ones apart', async () => {
    const { result } = await read('__proto__,constructor,,age,age,age (2),toString\n1,2,3,4,5,6,7\n');
    expect(result.columnNames).toEqual([
      '__proto__',
      'constructor',
      'column 3',
      'age',
      'age (3)',
      'age (2)',
      'toString',
    ]);
    expect(result.notes[0]?.text).toContain('column 5 is "age (3)"');
  });

  it('reads a header with one name too few as R writes it', async () => {
    const { result, cells } = await read('x,y\nr1,1,2\nr2,3,4\nr3,5,6\n');
    expect(result.columnNames).toEqual(['column 1', 'x', 'y']);
    expect(cells[0]).toEqual(['r1', '1', '2']);
  });

  it('starts again as windows-1252 when invalid UTF-8 turns up late', async () => {
    const early = 'naïve,1\n'.repeat(60_000);
    const bytes = Buffer.concat([Buffer.from(`text,n\n${early}`, 'utf8'), Buffer.from('caf\xe9 \x80,2\n', 'latin1')]);
    const path = writeTestFile(folder(), 'data.csv', bytes);
    const restarts: string[] = [];
    const cells: string[][] = [];
    const result = await readCsv(path, {
      onBlock: (block) => {
        cells.push(...block.cells.map((row) => [...row]));
      },
      onRestart: (dialect, reason) => {
        expect(dialect.encoding).toBe('windows-1252');
        restarts.push(reason);
        cells.length = 0;
      },
    });
    expect(restarts).toHaveLength(1);
    expect(cells).toHaveLength(60_001);
    expect(cells[60_000]).toEqual(['café €', '2']);
    expect(result.dialect.encoding).toBe('windows-1252');
    expect(result.notes[0]?.text).toContain('windows-1252');
    await expect(readCsv(path, { onBlock: () => undefined })).rejects.toThrow(/not valid UTF-8 at byte 540,0/);
  });

  it('waits for each block to be taken', async () => {
    const path = writeTestFile(folder(), 'data.csv', `a,b\n${'1,2\n'.repeat(200_000)}`);
    let busy = 0;
    let blocks = 0;
    await readCsv(path, {
      onBlock: async () => {
        blocks++;
        expect(++busy).toBe(1);
        await new Promise((resolve) => setTimeout(resolve, 2));
        busy--;
      },
    });
    expect(blocks).toBeGreaterThan(3);
  });

  it('stops when cancelled', async () => {
    const path = writeTestFile(folder(), 'data.csv', `a,b\n${'1,2\n'.repeat(200_000)}`);
    const signal = {
      cancelled: false,
      throwIfCancelled() {
        if (this.cancelled) throw new CancelledError();
      },
    };
    const reading = readCsv(path, {
      signal,
      onBlock: () => {
        signal.cancelled = true;
      },
    });
    await expect(reading).rejects.toBeInstanceOf(CancelledError);
  });
});

describe('files that cannot be read as a table', () => {
  const refusal = async (content: string | Uint8Array): Promise<InputError> => {
    const path = writeTestFile(folder(), 'data.csv', content);
    const errors = await Promise.all(
      [inspectCsv(path), readCsv(path, { onBlock: () => undefined })].map((work) =>
        work.then(
          () => undefined,
          (error: unknown) => error,
        ),
      ),
    );
    for (const error of errors) expect(error).toBeInstanceOf(InputError);
    const [first] = errors;
    if (!(first instanceof InputError)) throw new Error('not refused');
    return first;
  };

  it.each([
    ['an empty file', '', /is empty/],
    ['a mark and nothing else', '\ufeff', /nothing but blanks/],
    ['blank lines only', '\n\n  \n', /nothing but blanks/],
    ['a header only', 'a,b,label\n', /has a header but no rows/],
    ['a header without newline', 'a,b,label', /has a header but no rows/],
    ['an unclosed quote', 'a,b\n1,2\n3,"open\n5,6\n7,8\n', /opened in line 3 is never closed/],
    ['an unclosed quote after a quoted newline', 'a,b\n"x\ny","open\n5,6\n', /opened in line 3 is never closed/],
  ])('%s', async (_, content, message) => {
    expect((await refusal(content)).message).toMatch(message);
  });

  it.each([
    ['a gzip archive', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 1, 2, 3])],
    ['a PNG picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13])],
    ['a zip archive', Buffer.from([0x50, 0x4b, 3, 4, 20, 0, 0, 0, 8, 0, 1, 2])],
  ])('%s by its name', async (name, content) => {
    expect((await refusal(content)).message).toContain(name);
  });

  it('binary garbage', async () => {
    const bytes = Buffer.alloc(20_000);
    for (let i = 0, state = 1; i < bytes.length; i++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      bytes[i] = state >>> 16;
    }
    expect((await refusal(bytes)).message).toMatch(/not a text file/);
  });

  it('reports an unclosed quote in a large file without reading all of it', async () => {
    const content = `a,b\n1,"open\n${'3,4\n'.repeat(6_000_000)}`;
    const path = writeTestFile(folder(), 'data.csv', content);
    await expect(readCsv(path, { onBlock: () => undefined })).rejects.toThrow(/opened in line 2 is never closed/);
  });

  it('a path that is missing, a folder, or not readable', async () => {
    const place = folder();
    await expect(inspectCsv(join(place, 'none.csv'))).rejects.toThrow(/There is no file/);
    await expect(inspectCsv(place)).rejects.toThrow(/is a folder/);
    await expect(inspectCsv(join(writeTestFile(place, 'file', 'x'), 'none.csv'))).rejects.toBeInstanceOf(InputError);
  });

  it.skipIf(process.getuid?.() === 0)('a file without read permission', async () => {
    const path = writeTestFile(folder(), 'data.csv', 'a,b\n1,2\n');
    chmodSync(path, 0);
    await expect(inspectCsv(path)).rejects.toThrow(/may not be read/);
  });

  it('a file that grows or shrinks while it is read', async () => {
    const path = writeTestFile(folder(), 'data.csv', `a,b\n${'1,2\n'.repeat(100_000)}`);
    let grown = false;
    const reading = readCsv(path, {
      onBlock: () => {
        if (!grown) appendFileSync(path, '3,4\n');
        grown = true;
      },
    });
    await expect(reading).rejects.toThrow(/was changed by another program/);
    expect(readFileSync(path, 'utf8').endsWith('3,4\n')).toBe(true);
  });
});
