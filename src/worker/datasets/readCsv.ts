import type { Dialect, RowIssue } from '../../contract/dataset';
import { InputError } from '../../core/base/errors';
import { describeCells, reportOddCells } from './cellNotes';
import { listed } from './columnNames';
import { ColumnProfile, type CellHabits } from './columnProfile';
import type { CsvReadOptions, CsvReadResult, Note, RecordBlock } from './datasetTypes';
import { detectHead, type Head } from './detectHead';
import { checkUnchanged, openFileSource, type FileSource } from './fileSource';
import { inferColumns } from './guessRoles';
import { findPictures } from './pictures';
import { InvalidUtf8, RecordReader, type RawRecords } from './recordReader';
import { isBlankLine } from './recordParser';

const surplusShown = 3;

/**
 * Reads a delimited text file from disk, 128 KiB at a time, and hands its rows over in blocks. Time and
 * memory: about 3 s and 50 MB for 160 MB, plus what `onBlock` takes.
 * @throws InputError for files that cannot be read as a table: missing, empty, binary, header only, an unclosed quote,
 *   changed while being read.
 * @throws CancelledError
 */
export async function readCsv(path: string, options: CsvReadOptions): Promise<CsvReadResult> {
  const source = await openFileSource(path);
  try {
    const head = await detectHead(source, options.dialect);
    try {
      return await readAs(source, head, options, []);
    } catch (error) {
      if (!(error instanceof InvalidUtf8)) throw error;
      return await readAgain(source, head, error.offset, options);
    }
  } finally {
    await source.handle.close();
  }
}

async function readAgain(
  source: FileSource,
  head: Head,
  offset: number,
  options: CsvReadOptions,
): Promise<CsvReadResult> {
  const where = `byte ${offset.toLocaleString('en')}`;
  if (options.onRestart === undefined) {
    throw new InputError(
      `${source.name} is not valid UTF-8 at ${where}. Convert it to UTF-8, or choose its encoding.`,
      {
        details: { file: source.path, offset },
      },
    );
  }
  const dialect: Dialect = { ...head.dialect, encoding: 'windows-1252' };
  const reason = `The file is not valid UTF-8 (at ${where}); it is read as Latin-1 (windows-1252).`;
  await options.onRestart(dialect, reason);
  const again = await detectHead(source, dialect);
  return readAs(source, again, options, [{ level: 'warning', text: reason }]);
}

async function readAs(source: FileSource, head: Head, options: CsvReadOptions, notes: Note[]): Promise<CsvReadResult> {
  const { dialect, columnNames } = head;
  const assembler = new RowAssembler(columnNames, dialect);
  const reader = new RecordReader(source, dialect, options.signal);
  let headerSeen = !dialect.header;
  let issueCount = 0;
  for await (const records of reader.read()) {
    const block = assembler.assemble(records, headerSeen, source.bytes);
    headerSeen ||= assembler.skippedHeader;
    issueCount += block.issues.length;
    if (block.cells.length > 0 || block.issues.length > 0) await options.onBlock(block);
  }
  if (assembler.rowCount === 0) throw headerOnly(source, dialect);
  const columns = inferColumns(columnNames, assembler.profiles);
  const oddIssues = reportOddCells(columns, assembler.profiles);
  if (oddIssues.length > 0) {
    issueCount += oddIssues.length;
    await options.onBlock({ ...emptyBlock(assembler.rowCount, source.bytes), issues: oddIssues });
  }
  await checkUnchanged(source);
  return {
    dialect,
    columnNames,
    rowCount: assembler.rowCount,
    columns,
    pictures: findPictures(columns, assembler.profiles),
    notes: [...notes, ...head.notes, ...assembler.notes(), ...describeCells(columns, assembler.profiles)],
    issueCount,
    source: { path: source.path, bytes: source.bytes, mtimeMs: source.mtimeMs, sha256: reader.digest() },
  };
}

export function headerOnly(source: Pick<FileSource, 'name' | 'path'>, dialect: Dialect): InputError {
  const what = dialect.header ? 'has a header but no rows' : 'has no rows';
  return new InputError(`${source.name} ${what}. Choose a file with data.`, { details: { file: source.path } });
}

function emptyBlock(firstRow: number, bytes: number): RecordBlock {
  return {
    firstRow,
    cells: [],
    lines: [],
    byteStarts: [],
    byteLengths: [],
    issues: [],
    bytesRead: bytes,
    bytesTotal: bytes,
  };
}

/** Makes rows of equal width of records, counts what columns hold, and says what was wrong. */
export class RowAssembler {
  readonly profiles: readonly ColumnProfile[];
  rowCount = 0;
  skippedHeader = false;
  /** Cells that rows with too few of them have, by row, of the first rows only. */
  readonly shortRows = new Map<number, number>();
  #blankLines = 0;
  #firstBlankLine = 0;

  constructor(
    private readonly columnNames: readonly string[],
    habits: CellHabits,
  ) {
    this.profiles = columnNames.map(() => new ColumnProfile(columnNames.length, habits));
  }

  assemble(records: RawRecords, headerSeen: boolean, bytesTotal: number): RecordBlock {
    const width = this.columnNames.length;
    const block = {
      firstRow: this.rowCount,
      cells: [] as string[][],
      lines: [] as number[],
      byteStarts: [] as number[],
      byteLengths: [] as number[],
      issues: [] as RowIssue[],
      bytesRead: records.bytesRead,
      bytesTotal,
    };
    let skipHeader = !headerSeen;
    records.cells.forEach((cells, k) => {
      const line = records.lines[k] ?? 0;
      if (isBlankLine(cells) && width > 1) {
        if (this.#blankLines++ === 0) this.#firstBlankLine = line;
        return;
      }
      const trouble = records.troubles.get(k) ?? [];
      const row = skipHeader ? null : this.rowCount;
      for (const { kind, message } of trouble) block.issues.push({ row, line, column: null, kind, message });
      if (skipHeader) {
        skipHeader = false;
        this.skippedHeader = true;
        return;
      }
      if (cells.length !== width) {
        block.issues.push(raggedRow(cells, width, this.rowCount, line));
        if (cells.length < width && this.shortRows.size < 1000) this.shortRows.set(this.rowCount, cells.length);
        while (cells.length < width) cells.push('');
        cells.length = width;
      }
      for (let c = 0; c < width; c++) this.profiles[c]?.add(cells[c] ?? '', this.rowCount, line);
      block.cells.push(cells);
      block.lines.push(line);
      block.byteStarts.push(records.byteStarts[k] ?? 0);
      block.byteLengths.push(records.byteLengths[k] ?? 0);
      this.rowCount++;
    });
    return block;
  }

  notes(): Note[] {
    if (this.#blankLines === 0) return [];
    const text =
      this.#blankLines === 1
        ? `Line ${this.#firstBlankLine} is blank; it is not a row.`
        : `${this.#blankLines} lines are blank (the first is line ${this.#firstBlankLine}); they are not rows.`;
    return [{ level: 'info', text }];
  }
}

function raggedRow(cells: readonly string[], width: number, row: number, line: number): RowIssue {
  const found = `${cells.length} ${cells.length === 1 ? 'cell' : 'cells'} instead of ${width}`;
  if (cells.length < width) {
    return { row, line, column: null, kind: 'too-few-cells', message: `${found}; the missing ones are left blank.` };
  }
  const surplus = cells.slice(width).map((cell) => `"${cell.length > 40 ? `${cell.slice(0, 39)}…` : cell}"`);
  return {
    row,
    line,
    column: null,
    kind: 'too-many-cells',
    message: `${found}; the surplus is not used: ${listed(surplus, surplusShown)}. Is a cell with the delimiter in it not quoted?`,
  };
}
