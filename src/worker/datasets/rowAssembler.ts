import type { RowIssue } from '../../contract/dataset';
import { formatCount, formatPlural } from '../../core/base/format';
import { listed } from '../../core/base/listed';
import { ColumnProfile } from './columns/columnProfile';
import type { RecordBlock } from './datasetTypes';
import { isSeparatorLine } from './dialect/detectDialect';
import type { Head } from './dialect/detectHead';
import { beginsLikeTotal, isFooter } from './footers';
import type { Note } from './note';
import type { RawRecords } from './records/recordReader';

/** Surplus cells of a row that are named. */
const surplusShown = 3;
/** Records at the end of a file that may turn out to be no rows. */
const longestFooter = 8;

type Growing<T> = T extends readonly (infer U)[] ? U[] : T;
type GrowingBlock = { -readonly [K in keyof RecordBlock]: Growing<RecordBlock[K]> };

/**
 * A record of the file. One that is not as wide as rows are is kept until it shows with what follows whether it is one.
 */
interface ReadRecord {
  readonly cells: string[];
  readonly line: number;
  readonly byteStart: number;
  readonly byteLength: number;
  readonly trouble: readonly { readonly kind: RowIssue['kind']; readonly message: string }[];
  /** A blank line stands before it. */
  readonly afterBlank: boolean;
}

/** Lines of one kind that are no rows: how many, and the first of them. */
interface LeftOut {
  count: number;
  line: number;
  text: string;
}

/**
 * Makes rows of equal width of records, counts what columns hold, and says what was wrong. What is no row: blank lines,
 * comments, the header where it comes again, what stands above it where that comes again, and footers.
 */
export class RowAssembler {
  readonly profiles: readonly ColumnProfile[];
  rowCount = 0;
  /** Cells that rows with too few of them have, by row, of the first rows only. */
  readonly shortRows = new Map<number, number>();
  readonly #head: Head;
  readonly #leftOutLines: ReadonlySet<number>;
  readonly #linesAbove: ReadonlySet<string>;
  readonly #headerCells: readonly string[] | null;
  #headerSeen: boolean;
  readonly #blank: LeftOut = { count: 0, line: 0, text: '' };
  readonly #comments: LeftOut = { count: 0, line: 0, text: '' };
  readonly #headers: LeftOut = { count: 0, line: 0, text: '' };
  readonly #above: LeftOut = { count: 0, line: 0, text: '' };
  readonly #footers: LeftOut = { count: 0, line: 0, text: '' };
  readonly #ragged = { short: 0, long: 0, line: 0, text: '' };
  #pending: ReadRecord[] = [];
  #afterBlank = false;

  constructor(head: Head) {
    this.#head = head;
    this.#leftOutLines = new Set(head.leftOutLines);
    this.#linesAbove = new Set(head.linesAbove);
    this.#headerCells = head.columnNames.length > 1 ? head.headerCells : null;
    this.#headerSeen = !head.dialect.header;
    this.profiles = head.columnNames.map(() => new ColumnProfile(head.columnNames.length, head.dialect));
  }

  /** @param isLast These are the last records of the file. */
  assemble(records: RawRecords, bytesTotal: number, isLast: boolean): RecordBlock {
    const block = startBlock(this.rowCount, records.bytesRead, bytesTotal);
    const width = this.#head.columnNames.length;
    for (let k = 0; k < records.cells.length; k++) {
      const cells = records.cells[k] ?? [];
      const line = records.lines[k] ?? 0;
      if (this.#headerSeen ? this.#isNoRow(cells, line, records.comments.has(k)) : this.#isBlank(cells, line)) continue;
      const record: ReadRecord = {
        cells,
        line,
        byteStart: records.byteStarts[k] ?? 0,
        byteLength: records.byteLengths[k] ?? 0,
        trouble: records.troubles.get(k) ?? noTrouble,
        afterBlank: this.#afterBlank,
      };
      this.#afterBlank = false;
      if (!this.#headerSeen) {
        this.#headerSeen = true;
        addTroubles(block.issues, record, null);
      } else if (this.#isWhole(cells.length) && !(width > 1 && beginsLikeTotal(cells))) {
        if (this.#pending.length > 0) this.#takePending(block);
        this.#take(block, record);
      } else {
        this.#pending.push(record);
        if (this.#pending.length > longestFooter) this.#takePending(block);
      }
    }
    if (isLast) this.#takeEnd(block);
    return block;
  }

  notes(): Note[] {
    const { long, short } = this.#ragged;
    return [
      ...leftOutNote(this.#blank, 'is blank; it is not a row', 'lines are blank', 'they are not rows'),
      ...leftOutNote(this.#comments, 'is a comment, not a row', 'lines are comments', 'they are not rows'),
      ...leftOutNote(
        this.#headers,
        'repeats the header; it is not a row',
        'lines repeat the header',
        'they are not rows',
      ),
      ...leftOutNote(
        this.#above,
        'repeats a line from above the header; it is not a row',
        'lines repeat lines from above the header',
        'they are not rows',
      ),
      ...leftOutNote(
        this.#footers,
        'at the end is no row but a note below the table',
        'lines at the end are no rows but notes below the table',
        '',
      ),
      ...(long + short === 0 ? [] : [raggedNote(this.#ragged, this.#head.rowWidth)]),
    ];
  }

  get raggedRows(): number {
    return this.#ragged.long + this.#ragged.short;
  }

  #isWhole(length: number): boolean {
    return length >= this.#head.rowWidth && length <= Math.max(this.#head.rowWidth, this.#head.columnNames.length);
  }

  #isBlank(cells: readonly string[], line: number): boolean {
    if (cells.length !== 1 || this.#head.columnNames.length === 1 || (cells[0] ?? '').trim() !== '') return false;
    count(this.#blank, line, '');
    this.#afterBlank = true;
    return true;
  }

  #isNoRow(cells: readonly string[], line: number, isComment: boolean): boolean {
    const first = cells[0] ?? '';
    if (isComment) return count(this.#comments, line, first);
    const header = this.#headerCells;
    if (header !== null && first === header[0] && cells.length === header.length) {
      if (cells.every((cell, index) => cell === header[index])) return count(this.#headers, line, cells.join(' '));
    }
    if (this.#leftOutLines.size > 0 && this.#leftOutLines.has(line)) return true;
    if (this.#linesAbove.size > 0 && this.#repeatsLineAbove(cells, line)) return true;
    return this.#isBlank(cells, line);
  }

  /** Two exports joined bring the second one's title along. */
  #repeatsLineAbove(cells: readonly string[], line: number): boolean {
    const text = cells.join(this.#head.dialect.delimiter);
    const isSeparator = isSeparatorLine(text);
    if (!isSeparator && this.#isWhole(cells.length)) return false;
    return (isSeparator || this.#linesAbove.has(text)) && count(this.#above, line, text);
  }

  #take(block: GrowingBlock, record: ReadRecord): void {
    const { cells, line } = record;
    const { rowWidth, columnNames } = this.#head;
    const width = columnNames.length;
    const row = this.rowCount++;
    addTroubles(block.issues, record, row);
    const found = cells.length;
    const isWhole = this.#isWhole(found);
    if (!isWhole) {
      block.issues.push(raggedRow(cells, rowWidth, row, line));
      if (this.#ragged.long + this.#ragged.short === 0) Object.assign(this.#ragged, { line, text: cells.join(' ') });
      if (found < rowWidth) this.#ragged.short++;
      else this.#ragged.long++;
    }
    if (found < width && this.shortRows.size < 1000) this.shortRows.set(row, found);
    while (cells.length < width) cells.push('');
    cells.length = width;
    // A shifted row says nothing of what its columns hold.
    if (isWhole) for (let c = 0; c < width; c++) this.profiles[c]?.add(cells[c] ?? '', row, line);
    block.cells.push(cells);
    block.cellCounts.push(isWhole ? width : found);
    block.lines.push(line);
    block.byteStarts.push(record.byteStart);
    block.byteLengths.push(record.byteLength);
  }

  #takePending(block: GrowingBlock): void {
    for (const record of this.#pending) this.#take(block, record);
    this.#pending = [];
  }

  /** What is left at the end is rows, up to the first record from which on all are surely notes below the table. */
  #takeEnd(block: GrowingBlock): void {
    const { rowWidth } = this.#head;
    let footer = this.#pending.length;
    const afterBlank = (place: number): boolean =>
      this.#pending.slice(0, place + 1).some((record) => record.afterBlank);
    while (footer > 0) {
      const record = this.#pending[footer - 1];
      if (
        record === undefined ||
        !isFooter(record.cells, { rowWidth, afterBlank: afterBlank(footer - 1), profiles: this.profiles })
      )
        break;
      footer--;
    }
    for (const record of this.#pending.splice(footer)) {
      const text = record.cells.join(' ');
      count(this.#footers, record.line, text);
      block.issues.push({
        row: null,
        line: record.line,
        column: null,
        kind: 'other',
        message: `“${shorten(text)}” stands below the table and is not read as a row.`,
      });
    }
    this.#takePending(block);
  }
}

const noTrouble: ReadRecord['trouble'] = [];

/** A block without rows yet. */
export function startBlock(firstRow: number, done: number, total: number): GrowingBlock {
  return {
    firstRow,
    cells: [],
    cellCounts: [],
    lines: [],
    byteStarts: [],
    byteLengths: [],
    issues: [],
    done,
    total,
  };
}

function count(what: LeftOut, line: number, text: string): true {
  if (what.count++ === 0) Object.assign(what, { line, text: shorten(text) });
  return true;
}

function leftOutNote({ count: lines, line, text }: LeftOut, one: string, many: string, end: string): Note[] {
  if (lines === 0) return [];
  const example = text === '' ? '' : ` (“${text}”)`;
  if (lines === 1) return [{ level: 'info', text: `Line ${line}${example} ${one}.` }];
  return [
    {
      level: 'info',
      text: `${formatCount(lines)} ${many} (the first is line ${line}${text === '' ? '' : `, “${text}”`})${end === '' ? '' : `; ${end}`}.`,
    },
  ];
}

function raggedNote(
  ragged: { readonly short: number; readonly long: number; readonly line: number; readonly text: string },
  width: number,
): Note {
  const { short, long, line, text } = ragged;
  const rows = (size: number): string => formatPlural(size, 'row has', 'rows have');
  const what = [
    ...(long > 0 ? [`${rows(long)} too many cells`] : []),
    ...(short > 0 ? [`${rows(short)} too few cells`] : []),
  ];
  return {
    level: 'warning',
    text:
      `${what.join(', ')} (${width} are usual; the first is line ${line}, “${shorten(text)}”). A row whose cells may be shifted has no trustworthy label: ` +
      'such rows take no part in the fit and are not listed for removal, unless only their last cells are missing or you say otherwise (Damaged rows on the Audit screen, --ragged use on the command line).',
  };
}

function addTroubles(issues: RowIssue[], { trouble, line }: ReadRecord, row: number | null): void {
  for (const { kind, message } of trouble) issues.push({ row, line, column: null, kind, message });
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

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
