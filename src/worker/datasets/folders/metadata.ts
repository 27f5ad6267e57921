import { CancelledError } from '../../../core/base/errors';
import { formatCount } from '../../../core/base/format';
import { visibleText } from '../../../core/base/visibleText';
import { createTurns } from '../../eventLoop';
import { shorten } from '../cells/cellText';
import type { RecordBlock } from '../datasetTypes';
import { inspectCsv } from '../inspectCsv';
import type { Looking } from '../looking';
import type { Note } from '../note';
import { readCsv } from '../readCsv';
import { openTable } from '../records/fileSource';
import { readTextLines } from '../records/textLines';
import type { ListedFiles } from './listedFiles';
import type { FolderFile, LeftOut } from './listFolder';

/** Fields beyond these are no columns. */
const mostFields = 1_000;

/** What the tables in a folder say of its files. */
export interface Metadata {
  /** Fields of all tables, in the order in which they come up, without that of the file's name. */
  readonly fields: readonly string[];
  /** By the path of a file; cells are fewer where later fields are not said of it. */
  readonly cells: ReadonlyMap<string, readonly string[]>;
  /** Tables that were read. */
  readonly tables: readonly string[];
  readonly leftOut: readonly LeftOut[];
  readonly notes: readonly Note[];
}

/**
 * Reads `metadata.csv` and `metadata.jsonl` as Hugging Face has them: the field `file_name` names a file below the
 * table's folder, the others are said of it. Memory: the cells of all of them. Some 4 s for 1,000,000 lines.
 * @throws CancelledError
 */
export async function readMetadata(
  files: ListedFiles,
  tables: readonly FolderFile[],
  paths: ReadonlySet<string>,
  looking: Looking,
): Promise<Metadata> {
  const reader = new MetadataReader(files, paths, looking);
  for (const table of tables) await reader.read(table);
  return reader.finish();
}

class MetadataReader {
  readonly #fields = new Map<string, number>();
  readonly #cells = new Map<string, string[]>();
  readonly #tables: string[] = [];
  readonly #leftOut: LeftOut[] = [];
  readonly #notes: Note[] = [];

  constructor(
    private readonly files: ListedFiles,
    private readonly paths: ReadonlySet<string>,
    private readonly looking: Looking,
  ) {}

  async read(table: FolderFile): Promise<void> {
    try {
      if (/\.csv$/i.test(table.path)) await this.#readCsv(table);
      else await this.#readLines(table);
      this.#tables.push(table.path);
    } catch (error) {
      if (error instanceof CancelledError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      this.#notes.push({ level: 'warning', text: `${table.path} is not used. ${why}` });
    }
  }

  finish(): Metadata {
    return {
      fields: [...this.#fields.keys()],
      cells: this.#cells,
      tables: this.#tables,
      leftOut: this.#leftOut,
      notes: this.#notes,
    };
  }

  async #readCsv(table: FolderFile): Promise<void> {
    const { path } = table;
    const file = this.files.table(table);
    const { head, columnNames: names } = await inspectCsv(file);
    const fileName = names.findIndex((name) => name.toLowerCase() === 'file_name');
    if (fileName === -1) throw new Error('It has no column file_name.');
    const { signal } = this.looking;
    let blocks: RecordBlock[] = [];
    let rows = 0;
    await readCsv(file, {
      head,
      signal,
      onBlock: (block) => {
        blocks.push(block);
        rows += block.cells.length;
        this.#tell(path, rows);
      },
      onRestart: () => {
        blocks = [];
        rows = 0;
      },
    });
    const turn = createTurns(signal);
    for (const block of blocks) {
      for (const { line, message } of block.issues) {
        this.#leftOut.push({ path, message: `has a problem in line ${formatCount(line)}: ${message}` });
      }
      block.cells.forEach((cells, k) => {
        const fields = names.flatMap((name, at) => (at === fileName ? [] : [[name, cells[at] ?? ''] as const]));
        this.#take(path, block.lines[k] ?? 0, cells[fileName] ?? '', fields);
      });
      await turn();
    }
  }

  async #readLines(file: FolderFile): Promise<void> {
    const { path } = file;
    const source = await openTable(this.files.table(file));
    let read = 0;
    const take = (text: string, line: number): void => {
      read = line;
      if (text.trim() === '') return;
      const record = parseObject(text);
      const name = record?.['file_name'];
      if (record === null || typeof name !== 'string') {
        const what = record === null ? 'is no JSON object' : 'has no text under file_name';
        this.#leftOut.push({ path, message: `has a line ${formatCount(line)} that ${what}: it is not used` });
        return;
      }
      const fields = Object.entries(record).flatMap(([field, value]) =>
        field === 'file_name' ? [] : [[field, cellOf(value)] as const],
      );
      this.#take(path, line, name, fields);
    };
    try {
      await readTextLines(source, take, { signal: this.looking.signal, onTurn: () => this.#tell(path, read) });
    } finally {
      await source.handle.close();
    }
  }

  #tell(path: string, lines: number): void {
    this.looking.tell(`Reading ${visibleText(shorten(path))}: ${formatCount(lines)} lines`);
  }

  #take(table: string, line: number, name: string, fields: readonly (readonly [string, string])[]): void {
    const path = pathOf(table, name);
    const leaveOut = (why: string): void => {
      this.#leftOut.push({ path: table, message: `names “${shorten(name)}” in line ${formatCount(line)}${why}` });
    };
    if (path === null) leaveOut(', which leads out of its folder');
    else if (!this.paths.has(path)) leaveOut(', and there is no such file to read');
    else if (this.#cells.has(path)) leaveOut(', and said something of it before: that counts');
    else this.#cells.set(path, this.#arrange(fields));
  }

  #arrange(fields: readonly (readonly [string, string])[]): string[] {
    const cells: string[] = [];
    for (const [field, value] of fields) {
      const at = this.#fields.get(field) ?? this.#newField(field);
      if (at === undefined) continue;
      while (cells.length < at) cells.push('');
      cells[at] = value;
    }
    return cells;
  }

  #newField(field: string): number | undefined {
    const at = this.#fields.size;
    if (at < mostFields) {
      this.#fields.set(field, at);
      return at;
    }
    const text = `Only the first ${formatCount(mostFields)} fields of the tables in the folder are columns.`;
    if (!this.#notes.some((note) => note.text === text)) this.#notes.push({ level: 'warning', text });
    return undefined;
  }
}

/** The path of what a table names, from the folder's top; null where it leads out of the table's folder. */
function pathOf(table: string, name: string): string | null {
  const parts = name
    .trim()
    .split(/[\\/]/)
    .filter((part) => part !== '.');
  if (parts.some((part) => part === '..' || part === '') || /^[a-z]:$/i.test(parts[0] ?? '')) return null;
  return [...table.split('/').slice(0, -1), ...parts].join('/');
}

function parseObject(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

function cellOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : JSON.stringify(value);
}
