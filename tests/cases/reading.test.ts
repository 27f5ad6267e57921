import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/base/random';
import { inspectCsv } from '../../src/worker/datasets/inspectCsv';
import { readCsv } from '../../src/worker/datasets/readCsv';
import { buildCli, type BuiltCli } from '../cli/builtCli';

const folder = mkdtempSync(join(tmpdir(), 'assay-reading-'));
let made = 0;

function write(text: string): string {
  const path = join(folder, `${made++}.csv`);
  writeFileSync(path, text);
  return path;
}

interface Read {
  readonly result: Awaited<ReturnType<typeof readCsv>>;
  readonly names: readonly string[];
  readonly cells: readonly (readonly string[])[];
  readonly lines: readonly number[];
  readonly ragged: readonly number[];
  readonly told: string;
}

async function read(path: string): Promise<Read> {
  const inspection = await inspectCsv(path);
  const cells: string[][] = [];
  const lines: number[] = [];
  const ragged: number[] = [];
  const bytes = readFileSync(path);
  const texts: string[] = [];
  const result = await readCsv(path, {
    head: inspection.head,
    onBlock: (block) => {
      block.cells.forEach((row, k) => {
        if (block.cellCounts[k] !== inspection.columnNames.length) ragged.push(cells.length);
        cells.push([...row]);
        lines.push(block.lines[k] ?? 0);
        const start = block.byteStarts[k] ?? 0;
        texts.push(bytes.toString('utf8', start, start + (block.byteLengths[k] ?? 0)));
      });
    },
  });
  // What is said to be a row's place is where the row stands.
  const all = bytes.toString('utf8');
  for (const text of texts) expect(all).toContain(text);
  // Reading again as it was found to be written gives the same.
  const again = await readCsv(path, { dialect: inspection.dialect, onBlock: () => undefined });
  expect([again.columnNames, again.rowCount]).toEqual([result.columnNames, result.rowCount]);
  return {
    result,
    names: result.columnNames,
    cells,
    lines,
    ragged,
    told: result.notes.map(({ text }) => text).join('\n'),
  };
}

const header = ['height', 'width', 'label'];
const random = createRandom(11);
const number = (shift = 0): string => (random.normal() + shift).toFixed(3);
const rows = Array.from({ length: 120 }, (_, k) => [number(k % 2 === 0 ? -2 : 2), number(), k % 2 === 0 ? 'A' : 'B']);
const delimiters = [',', ';', '\t', '|'] as const;
const line = (cells: readonly string[], d: string): string => `${cells.join(d)}\n`;
const body = (d: string, from = 0, to = 120): string =>
  rows
    .slice(from, to)
    .map((row) => line(row, d))
    .join('');

describe.each(delimiters)('with the delimiter %j', (d) => {
  const head = line(header, d);
  it.each([
    ['sep=', `sep=${d}\n${head}${body(d)}`],
    ['sep= in quotes, after a mark, with CRLF', `\ufeff"sep=${d}"\r\n${(head + body(d)).replace(/\n/g, '\r\n')}`],
    ['a title, an operator and a blank line', `Measurements of May\nOperator: nobody\n\n${head}${body(d)}`],
    ['a title with delimiters of its own', `Report, of us; version 2|3\n\n${head}${body(d)}`],
    ['a title as wide as the rows', `${line(['Report', 'May 2024', 'Dr. Who'], d)}${head}${body(d)}`],
    ['a title padded by a spreadsheet', `Report${d}${d}\n${d}${d}\n${head}${body(d)}`],
    ['comments above', `# made by us\n# in May${d} at noon\n${head}${body(d)}`],
    ['comments of another mark', `% made by us\n%\n% thrice\n${head}${body(d)}`],
    ['a header that begins like the comments above it', `# made by us\n#${head}${body(d)}`],
    ['a header that is a comment', `# ${head}${body(d)}`],
    ['comments among the rows', `# made by us\n${head}${body(d, 0, 50)}# calibrated anew\n${body(d, 50)}`],
    ['a row commented out', `${head}${body(d, 0, 50)}#${line(['9', '9', 'A'], d)}${body(d, 50)}`],
    ['two exports joined', `${head}${body(d, 0, 60)}${head}${body(d, 60)}`],
    ['two exports with titles joined', `Title of it\n${head}${body(d, 0, 60)}Title of it\n${head}${body(d, 60)}`],
    ['two exports with sep= joined', `sep=${d}\n${head}${body(d, 0, 60)}sep=${d}\n${head}${body(d, 60)}`],
    ['blank lines on top and within', `\n\n${head}${body(d, 0, 50)}\n${body(d, 50)}`],
    ['a line of units', `${head}${line(['cm', 'mm', ''], d)}${body(d)}`],
    ['a count below', `${head}${body(d)}\n(120 rows affected)\n`],
    ['a sum below', `${head}${body(d)}${line(['Total', '12.3', ''], d)}`],
    ['a source below', `${head}${body(d)}\nSource: the office of weights${d} 2024\n`],
    ['a delimiter more behind the header', `${head.trim()}${d}\n${body(d)}`],
  ])('finds the table: %s', async (_, text) => {
    const { names, cells, ragged } = await read(write(text));
    expect(names).toEqual(header);
    expect(cells).toEqual(rows);
    expect(ragged).toEqual([]);
  });

  it('says what it left out, with the line and what stands there', async () => {
    const text = `Title of it\n${head}${body(d, 0, 60)}${head}${body(d, 60, 100)}# note\n${body(d, 100)}\n(120 rows affected)\n`;
    const { told } = await read(write(text));
    expect(told).toMatch(/Line 1 \(“Title of it”\) stands above the header \(line 2\)/);
    expect(told).toMatch(/Line 63 \(“height width label”\) repeats the header/);
    expect(told).toMatch(/Line 104 \(“# note”\) is a comment/);
    expect(told).toMatch(/Line 126 \(“\(120 rows affected\)”\) at the end/);
  });

  it.each([
    ['names of rows, counted', (k: number) => String(k + 1)],
    ['names of rows, texts', (k: number) => `car ${k}`],
  ])('puts a narrow header above its columns: %s', async (_, name) => {
    const { names, cells, told } = await read(write(head + rows.map((row, k) => line([name(k), ...row], d)).join('')));
    expect(names).toEqual(['column 1', ...header]);
    expect(cells[3]).toEqual([name(3), ...(rows[3] ?? [])]);
    expect(told).toMatch(/3 names, most rows have 4 cells.*taken for names of the rows/);
  });

  it('does not take measurements for names of rows', async () => {
    const { names } = await read(
      write(
        line(['height', 'label'], d) + rows.map((row) => line([row[1] ?? '', row[0] ?? '', row[2] ?? ''], d)).join(''),
      ),
    );
    expect(names).toEqual(['column 1', 'height', 'label']);
    const { names: left } = await read(
      write(
        line(['label', 'height'], d) + rows.map((row) => line([row[2] ?? '', row[0] ?? '', row[1] ?? ''], d)).join(''),
      ),
    );
    expect(left).toEqual(['label', 'height', 'column 3']);
  });

  it('keeps columns in place where each row ends in a delimiter', async () => {
    const { names, cells } = await read(write(head + rows.map((row) => `${row.join(d)}${d}\n`).join('')));
    expect(names).toEqual([...header, 'column 4']);
    expect(cells[5]).toEqual([...(rows[5] ?? []), '']);
  });

  it.each([
    ['no header', body(d)],
    ['no header below a title', `Measurements of May\n${body(d)}`],
    ['no header, labels 0 and 1', rows.map(([x = '', y = '', c]) => line([x, y, c === 'A' ? '0' : '1'], d)).join('')],
  ])('invents no header: %s', async (_, text) => {
    const { names, cells } = await read(write(text));
    expect(names).toEqual(['column 1', 'column 2', 'column 3']);
    expect(cells.length).toBe(120);
  });

  it.each([
    ['\\"', (k: number) => `"say \\"hi\\"${d} ${k}"`, (k: number) => `say "hi"${d} ${k}`],
    [
      '\\\\ at the end',
      (k: number) => (k % 2 === 0 ? `"C:\\\\"` : `"a \\" ${d}"`),
      (k: number) => (k % 2 === 0 ? 'C:\\' : `a " ${d}`),
    ],
    [
      'an escaped delimiter',
      (k: number) => (k % 3 === 0 ? `a\\${d}b` : 'c'),
      (k: number) => (k % 3 === 0 ? `a${d}b` : 'c'),
    ],
    ['a blank before quotes', (k: number) => ` "a${d} ${k}"`, (k: number) => `a${d} ${k}`],
    ['a quote within', (k: number) => `${k}" pipe`, (k: number) => `${k}" pipe`],
  ])('reads cells with %s', async (_, written, meant) => {
    const text =
      line(['x', 'note', 'label'], d) +
      rows.map((row, k) => line([row[0] ?? '', written(k), row[2] ?? ''], d)).join('');
    const { names, cells, ragged, result } = await read(write(text));
    expect(names).toEqual(['x', 'note', 'label']);
    expect(cells.map((row) => row[1])).toEqual(rows.map((_row, k) => meant(k)));
    expect([ragged, result.issueCount]).toEqual([[], 0]);
  });
});

describe('numbers for names', () => {
  const decimals = (): string => number();
  const whole = (): string => String(random.integer(256));
  it.each([
    ['years', ['2000', '2005', '2010', '2015', '2020'], decimals],
    ['falling years', ['2020', '2015', '2010', '2005', '2000'], decimals],
    ['irregular', ['3', '7', '12', '31', '40'], decimals],
    ['irregular, in the range of the values', ['3', '7', '12', '31', '40'], whole],
    ['in no order', ['31', '7', '40', '3', '12'], decimals],
    ['decimals', ['0.1', '0.2', '0.3', '0.4', '0.5'], decimals],
    ['wavelengths', ['400.12', '412.55', '433.01', '500.9'], decimals],
    ['pixels', Array.from({ length: 64 }, (_, k) => String(k)), whole],
    ['pixels from 1', Array.from({ length: 64 }, (_, k) => String(k + 1)), whole],
    ['around zero', ['-10', '-5', '0', '5', '10'], decimals],
  ])('%s, over labels that are words or numbers, first or last', async (_, numbers, value) => {
    for (const labels of [
      ['A', 'B'],
      ['0', '1'],
    ]) {
      for (const isFirst of [true, false]) {
        const arrange = (label: string, cells: readonly string[]): string[] =>
          isFirst ? [label, ...cells] : [...cells, label];
        const names = arrange('label', numbers);
        const table = Array.from({ length: 120 }, (_row, k) => arrange(labels[k % 2] ?? '', numbers.map(value)));
        const found = await read(write([names, ...table].map((row) => line(row, ',')).join('')));
        expect(found.names).toEqual(names);
        expect(found.cells).toEqual(table);
      }
    }
  });

  it.each([
    ['measurements', (k: number, c: number) => (c === 4 ? String(k % 2) : number())],
    ['whole numbers', (k: number, c: number) => (c === 4 ? String(k % 10) : whole())],
    ['a counter in front', (k: number, c: number) => (c === 0 ? String(k) : c === 4 ? 'AB'.charAt(k % 2) : number())],
    ['rows that count up', (k: number, c: number) => String(k * 3 + c)],
    ['zeros and ones', () => String(random.integer(2))],
    ['numbers of all sizes', () => Math.exp(5 * random.normal()).toFixed(2)],
    ['words', () => ['red', 'blue', 'green'][random.integer(3)] ?? ''],
  ])('a file without a header has none: %s', async (_, cell) => {
    const table = Array.from({ length: 120 }, (_row, k) => Array.from({ length: 5 }, (_cell, c) => cell(k, c)));
    const found = await read(write(table.map((row) => line(row, ',')).join('')));
    expect(found.names).toEqual(['column 1', 'column 2', 'column 3', 'column 4', 'column 5']);
    expect(found.cells).toEqual(table);
  });
});

describe('records of any size', () => {
  it('reads every name of a header of 85 KB (05), and of one of 900 KB', async () => {
    for (const [count, width, rowCount] of [
      [4_500, 18, 60],
      [20_000, 45, 8],
    ] as const) {
      const names = Array.from({ length: count }, (_, k) => `gene_ENSG${String(k).padStart(width - 9, '0')}`);
      const table = Array.from(
        { length: rowCount },
        (_, k) => `${'AB'.charAt(k % 2)},${names.map((_name, c) => ((c * 7 + k * 3) % 10) / 10).join(',')}\n`,
      );
      const found = await read(write(`label,${names.join(',')}\n${table.join('')}`));
      expect(found.names.length).toBe(count + 1);
      expect(found.names[count]).toBe(names[count - 1]);
      expect([found.cells.length, found.result.issueCount]).toEqual([rowCount, 0]);
    }
  }, 120_000);

  it('decides on whole records where one is megabytes long', async () => {
    const long = 'a line, with "quotes" and; more\n'.repeat(100_000);
    const text = `text;x;label\n"${long.replace(/"/g, '""')}";1,5;A\n${body(';')
      .replace(/\./g, ',')
      .split('\n')
      .slice(0, 100)
      .map((each, k) => (each === '' ? '' : `short ${k};${each.split(';').slice(1).join(';')}\n`))
      .join('')}`;
    const found = await read(write(text));
    expect(found.names).toEqual(['text', 'x', 'label']);
    expect(found.cells[0]).toEqual([long, '1,5', 'A']);
    expect(found.ragged).toEqual([]);
  }, 60_000);
});

describe('on the command line', () => {
  let cli: BuiltCli;
  beforeAll(async () => {
    cli = await buildCli();
  }, 120_000);
  afterAll(() => {
    cli.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const audit = async (path: string, name: string): Promise<{ readonly out: string; readonly printed: string }> => {
    const out = join(folder, name);
    mkdirSync(out);
    const run = await cli.run(
      'audit',
      path,
      '--label',
      'label',
      '--backend',
      'float64',
      '--top',
      '8',
      '--out',
      join(out, 'results'),
    );
    expect(run.stderr + run.stdout).toMatch(/written to/);
    return { out: join(out, 'results'), printed: run.stderr + run.stdout };
  };
  const table = (file: string): string[][] =>
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((each) => each.split(','));
  const removed = (out: string): number[] =>
    table(join(out, 'removal_list.csv'))
      .slice(1)
      .map(([row]) => Number(row));

  /** `cleaned.csv` is the file less the rows of the list, to the byte; `first` is the line of row 0. */
  const expectKept = (path: string, out: string, first: number): void => {
    const gone = new Set(removed(out));
    const lines = readFileSync(path, 'utf8').split(/(?<=\n)/);
    const kept = lines.filter((_, k) => !gone.has(k - first)).join('');
    expect(readFileSync(join(out, 'cleaned.csv'), 'utf8')).toBe(kept);
  };
  const judged = (out: string): string => {
    const [names = [], ...scores] = table(join(out, 'scores.csv'));
    const asked = ['row', 'given_label', 'rank', 'suspicion'].map((name) => names.indexOf(name));
    return createHash('sha256')
      .update(JSON.stringify(scores.map((row) => asked.map((at) => row[at]))))
      .digest('hex');
  };
  const wrong = rows.map((row, k) => (k === 7 || k === 40 ? [...row.slice(0, 2), row[2] === 'A' ? 'B' : 'A'] : row));

  it('02: audits a file with sep= as the same file without, and keeps its bytes', async () => {
    const plain = `${header.join(';')}\r\n${wrong.map((row) => `${row.join(';').replace(/\./g, ',')}\r\n`).join('')}`;
    const path = write(`sep=;\r\n${plain}`);
    const clean = await audit(write(plain), 'clean');
    const { out, printed } = await audit(path, 'separator');
    expect(printed).toContain('120 rows, 2 classes');
    expect(printed).toContain('“sep=;”');
    expect(judged(out)).toBe(judged(clean.out));
    expect(removed(out).length).toBe(8);
    expectKept(path, out, 2);
  }, 120_000);

  it('12: audits a file with escaped quotes, and keeps its bytes', async () => {
    const path = write(
      `id,note,x1,x2,label\n${wrong.map(([x = '', y = '', c = ''], k) => `${k},${k % 5 === 0 ? '"size 5\\", blue"' : '"plain"'},${x},${y},${c}\n`).join('')}`,
    );
    const { out, printed } = await audit(path, 'backslash');
    expect(printed).toContain('120 rows, 2 classes');
    expect(printed).not.toMatch(/problem/);
    expect(removed(out).length).toBe(8);
    expectKept(path, out, 1);
  }, 120_000);

  it('sets damaged rows aside, and says so; uses them when told to', async () => {
    const damaged = wrong.map((row, k) => (k === 3 ? ['5', ...row] : k === 50 ? row.slice(0, 1) : row));
    const path = write([header, ...damaged].map((row) => line(row, ',')).join(''));
    const { out, printed } = await audit(path, 'damaged');
    expect(printed).toContain('120 rows, 2 classes');
    expect(printed).toMatch(/1 row has too many cells, 1 row has too few cells/);
    expect(printed).toMatch(/2 rows with surplus or missing cells take no part in the fit/);
    expect(removed(out)).not.toContain(3);
    expect(table(join(out, 'scores.csv'))[4]?.slice(0, 3)).toEqual(['3', '3', 'unlabelled']);
    const used = await cli.run(
      'audit',
      path,
      '--label',
      'label',
      '--backend',
      'float64',
      '--ragged',
      'use',
      '--out',
      join(folder, 'used'),
    );
    expect(used.stdout).toContain('120 rows, 3 classes');
  }, 120_000);
});
