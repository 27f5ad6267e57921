import { createHash } from 'node:crypto';
import { plainDialect, type Preview, type RowIssue, type SaidDialect, unknownReasons } from '../../../contract/dataset';
import { InputError } from '../../../core/base/errors';
import { formatPlural } from '../../../core/base/format';
import { visibleText } from '../../../core/base/visibleText';
import { createTurns } from '../../eventLoop';
import { shorten } from '../cells/cellText';
import { findDelimited } from '../delimitedSource';
import { type Looking, unwatched } from '../looking';
import type { Note } from '../note';
import { previewRowCount } from '../previewSize';
import { startBlock } from '../rowAssembler';
import type { FoundSource, Inspection, SourceReadOptions, SourceReadResult } from '../sourceFormat';
import { chooseTable } from './chooseTable';
import { listArchive } from './listArchive';
import { filesOfFolder, type ListedFiles } from './listedFiles';
import { type FolderFile, type FolderListing, type LeftOut, listFolder } from './listFolder';
import { type FolderPlan, planFolder } from './planFolder';
import { type FileCell, readCell } from './readRow';

/** Rows that are handed over together, or fewer of so many characters. */
const blockRows = 500;
const blockCharacters = 4_000_000;

/**
 * A folder of pictures or of texts: each file is a row, the folders that it lies in are its split and its class. Their
 * paths and times are its fingerprint; contents of pictures are not read. Or a table that lies in the folder, alone or
 * beside the pictures that it names.
 * @throws InputError where it could be several tables; CancelledError
 */
export async function findFolder(path: string, looking: Looking = unwatched): Promise<FoundSource> {
  return findIn(filesOfFolder(path), await listFolder(path, looking));
}

/** A zip archive of such a folder: what lies in it is read where it lies. */
export async function findArchive(path: string, looking: Looking = unwatched): Promise<FoundSource> {
  const { listing, files } = await listArchive(path, looking);
  return findIn(files, listing);
}

async function findIn(files: ListedFiles, listing: FolderListing): Promise<FoundSource> {
  const table = await chooseTable(files, listing.files);
  if (table !== null) return findDelimited(files.stamp(table), describeTable(files, table, listing));
  const format = files.kind === 'folder' ? 'folder' : 'zip';
  return { format, stamp: listing.stamp, inspect: (said, watch) => inspectFiles(files, listing, said, watch) };
}

/** Which table was taken, and what it was taken from. */
function describeTable({ kind }: ListedFiles, { path }: FolderFile, { files, leftOut, hidden }: FolderListing): Note {
  const others = files.length + leftOut.length + hidden - 1;
  const beside = others === 0 ? '' : `, and of the ${formatPlural(others, 'other file')} only those that it names`;
  return { level: 'info', text: `Read from the ${kind}: the table “${visibleText(shorten(path))}”${beside}.` };
}

async function inspectFiles(
  files: ListedFiles,
  listing: FolderListing,
  said: SaidDialect = {},
  looking: Looking = unwatched,
): Promise<Inspection> {
  const { root, kind } = files;
  if (Object.keys(said).length > 0) {
    throw new InputError(
      `${root} is ${kind === 'folder' ? 'a folder' : 'an archive'}. How delimited text is written (delimiter, encoding, header and so on) says nothing of it.`,
      { details: { path: root } },
    );
  }
  const plan = await planFolder(files, listing, looking);
  const { columns, rows, notes } = plan;
  const shown = rows.slice(0, previewRowCount(columns.length));
  const preview: Preview = {
    dialect: plainDialect,
    columns: [...columns],
    rows: shown.map(({ file, cells }) => [file.path, readCell(files, plan.kind, file).cell, ...cells]),
    reasons: unknownReasons,
    rawLines: [],
  };
  return {
    format: kind === 'folder' ? 'folder' : 'zip',
    path: root,
    said,
    columnNames: columns.map(({ name }) => name),
    preview,
    pictures: null,
    notes,
    read: (options) => readFiles(files, listing, plan, options),
  };
}

async function readFiles(
  files: ListedFiles,
  listing: FolderListing,
  plan: FolderPlan,
  { onBlock, signal }: SourceReadOptions,
): Promise<SourceReadResult> {
  const { rows, kind } = plan;
  const hash = createHash('sha256').update(listing.stamp.listing ?? '');
  const orders = new Map(listing.files.map(({ path }, at) => [path, at + 1]));
  let missing = 0;
  const examples: string[] = [];
  const first = plan.leftOut.map((one) => describeLeftOut(one, orders.get(one.path)));
  let issueCount = first.length;
  if (first.length > 0) await onBlock({ ...startBlock(0, 0, rows.length), issues: first });
  let block = startBlock(0, 0, rows.length);
  let characters = 0;
  const flush = async (): Promise<void> => {
    if (block.cells.length === 0) return;
    await onBlock(block);
    block = startBlock(block.done, block.done, rows.length);
    characters = 0;
  };
  const turn = createTurns(signal);
  signal?.throwIfCancelled();
  for (const [row, { file, cells }] of rows.entries()) {
    await turn();
    const read = readCell(files, kind, file);
    const { cell, trouble, sha256 } = read;
    const line = orders.get(file.path) ?? 1;
    hash.update(`${file.path}\0${sha256}\n`);
    if (cell === '') missing++;
    else if (examples.length < 5) examples.push(shorten(cell));
    if (trouble !== null) {
      issueCount++;
      block.issues.push(describeTrouble({ row, line, path: file.path, trouble, read }, plan.columns[1].name));
    }
    block.cells.push([file.path, cell, ...cells]);
    block.cellCounts.push(2 + cells.length);
    block.lines.push(line);
    block.byteStarts.push(0);
    block.byteLengths.push(0);
    block.done = row + 1;
    characters += cell.length;
    if (block.cells.length >= blockRows || characters >= blockCharacters) await flush();
  }
  await flush();
  const columns = plan.columns.map((column) => (column.index === 1 ? { ...column, missing, examples } : column));
  return {
    dialect: plainDialect,
    rowCount: rows.length,
    columns,
    pictures: null,
    notes: plan.notes,
    issueCount,
    raggedRows: 0,
    source: { ...listing.stamp, sha256: hash.digest('hex') },
  };
}

/** Of a file in a list of problems, its number among the files stands where lines of a file do. */
function describeLeftOut({ path, message }: LeftOut, order = 1): RowIssue {
  return { row: null, line: order, column: null, kind: 'other', message: `${path} ${message}.` };
}

function describeTrouble(
  found: {
    readonly row: number;
    readonly line: number;
    readonly path: string;
    readonly trouble: string;
    readonly read: FileCell;
  },
  column: string,
): RowIssue {
  const { row, line, path, trouble, read } = found;
  const then = read.cell === '' ? ' It is a row with a missing cell.' : '';
  return { row, line, column, kind: 'other', message: `${path} ${trouble}.${then}` };
}
