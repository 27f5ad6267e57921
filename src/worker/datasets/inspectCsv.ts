import type { Dialect, Pictures, Preview, SaidDialect } from '../../contract/dataset';
import type { CancellationSignal } from '../../core/job/jobContext';
import { inferColumns } from './columns/guessRoles';
import { findPictures } from './columns/pictures';
import { detectHead, type Head, headBytes } from './dialect/detectHead';
import type { Note } from './note';
import { previewRowCount } from './previewSize';
import { headerOnly } from './readCsv';
import { type FileSource, openTable, type TableFile } from './records/fileSource';
import { InvalidUtf8, RecordReader } from './records/recordReader';
import { RowAssembler } from './rowAssembler';

/** What the first part of a file tells. Counts in `columns` are those of that part. */
interface CsvInspection {
  readonly path: string;
  readonly bytes: number;
  readonly dialect: Dialect;
  /** What was said of the dialect; the rest of it was found. */
  readonly said: SaidDialect;
  readonly head: Head;
  /** Unique display names, one per column. */
  readonly columnNames: readonly string[];
  readonly preview: Preview;
  readonly pictures: Pictures | null;
  readonly notes: readonly Note[];
  /** True when the part read was the whole file. */
  readonly complete: boolean;
}

/**
 * Dialect, first 200 rows (fewer of very wide tables) and guessed columns from the first quarter of a megabyte: in a
 * tenth of a second whatever the file's size. Guesses are made again from all rows by `readCsv`.
 * @throws InputError as `readCsv` does, for what shows in that part; CancelledError
 */
export async function inspectCsv(
  table: TableFile,
  options: { readonly dialect?: SaidDialect; readonly signal?: CancellationSignal } = {},
): Promise<CsvInspection> {
  const source = await openTable(table);
  const { dialect: said = {}, signal } = options;
  try {
    try {
      return { ...(await inspectAs(source, said, signal)), said };
    } catch (error) {
      // The head is checked for UTF-8 too: this happens only beyond it, in the second piece read.
      if (!(error instanceof InvalidUtf8)) throw error;
      const encoding = 'windows-1252';
      return { ...(await inspectAs(source, { ...said, encoding }, signal)), said };
    }
  } finally {
    await source.handle.close();
  }
}

async function inspectAs(
  source: FileSource,
  chosen: SaidDialect,
  signal?: CancellationSignal,
): Promise<Omit<CsvInspection, 'said'>> {
  const head = await detectHead(source, chosen, signal);
  const assembler = new RowAssembler(head);
  const rows: (string | null)[][] = [];
  const wanted = previewRowCount(head.columnNames.length);
  let bytesRead = 0;
  for await (const records of new RecordReader(source, head, signal).read()) {
    const block = assembler.assemble(records, source.bytes, records.isLast);
    for (const cells of block.cells.slice(0, wanted - rows.length)) {
      const present = assembler.shortRows.get(rows.length) ?? cells.length;
      rows.push(cells.map((cell, index) => (index < present ? cell : null)));
    }
    bytesRead = records.bytesRead;
    if (bytesRead >= headBytes && rows.length > 0) break;
  }
  if (assembler.rowCount === 0) throw headerOnly(source, head.dialect);
  const columns = inferColumns(head.columnNames, assembler.profiles);
  return {
    path: source.path,
    bytes: source.bytes,
    dialect: head.dialect,
    columnNames: head.columnNames,
    preview: { dialect: head.dialect, columns, rows, reasons: head.reasons, rawLines: [...head.rawLines] },
    head,
    pictures: findPictures(columns, assembler.profiles),
    notes: [...head.notes, ...assembler.notes()],
    complete: bytesRead >= source.bytes,
  };
}
