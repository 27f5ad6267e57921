import { basename } from 'node:path';
import type { CancellationSignal } from '../../../core/job/jobContext';
import { createTurns } from '../../eventLoop';
import { tableOf } from '../archivedTable';
import { detach } from '../cells/cellText';
import { decodeBytes } from '../records/encodings';
import { checkUnchanged, fileChanged, type FileSource, openTable, readBytes } from '../records/fileSource';
import { parseRecords } from '../records/recordParser';
import type { FoundSource, Inspection, SourceReadResult } from '../sourceFormat';
import { type EmbeddingLayout, findEmbeddingLayout, type VectorCell, vectorReader } from './embeddingLayout';

/** Rows that follow one another in the file are read together. */
const readAhead = 1 << 20;

/**
 * Vectors by ids, in a file: what a format of embeddings offers. A place is the number of a vector, in the order of the
 * file.
 */
export interface EmbeddingRows {
  readonly file: string;
  /** Of all its bytes, lower-case hexadecimal. */
  readonly sha256: string;
  /**
   * Ids and their places, in the order of the file; of those that come again, the first. null: it has no ids, and the
   * vectors stand in the order of the rows.
   */
  readonly places: ReadonlyMap<string, number> | null;
  /** Places. */
  readonly count: number;
  readonly repeated: Counted;
  /** Rows without an id. */
  readonly blank: number;
  /** What was wrong while the file was read. */
  readonly problems: Counted;
  readonly read: (place: number) => Promise<VectorCell>;
  /** @throws InputError where the file is no longer the one that was indexed. */
  readonly finish: () => Promise<void>;
  readonly close: () => Promise<void>;
}

interface Counted {
  readonly count: number;
  /** '' where there is none. */
  readonly first: string;
}

/** A file of embeddings as its first part shows it. */
export interface EmbeddingFile {
  readonly layout: Pick<EmbeddingLayout, 'numbers' | 'unused'>;
  /** Goes through all of it. Memory: 100 bytes or so a row, whatever the vectors' length. */
  readonly index: (signal: CancellationSignal | undefined, onBytes: OnBytes) => Promise<EmbeddingRows>;
}
type OnBytes = (done: number, total: number) => Promise<void>;

/** Delimited text. @throws InputError as {@link findEmbeddingLayout} */
export async function inspectEmbeddings(found: FoundSource, idName: string): Promise<EmbeddingFile> {
  const inspection = await found.inspect();
  const layout = findEmbeddingLayout(basename(found.stamp.path), inspection.preview.columns, idName);
  return { layout, index: (signal, onBytes) => indexRows(found, inspection, layout, signal, onBytes) };
}

async function indexRows(
  { stamp }: FoundSource,
  inspection: Inspection,
  layout: EmbeddingLayout,
  signal: CancellationSignal | undefined,
  onBytes: OnBytes,
): Promise<EmbeddingRows> {
  const index = new RowIndex();
  const turn = createTurns(signal);
  const result = await inspection.read({
    ...(signal === undefined ? {} : { signal }),
    onBlock: async (block) => {
      for (const { line, message } of block.issues) index.addProblem(`line ${line}: ${message}`);
      for (let k = 0; k < block.cells.length; k++) {
        index.add(block.cells[k][layout.id] ?? '', block.byteStarts[k], block.byteLengths[k]);
        await turn();
      }
      await onBytes(block.done, block.total);
    },
    onRestart: () => index.clear(),
  });
  const source = await openTable(tableOf(stamp));
  const { bytes, mtimeMs, sha256 } = result.source;
  if (source.bytes !== bytes || Math.abs(source.mtimeMs - mtimeMs) >= 1) {
    await source.handle.close();
    throw fileChanged(source);
  }
  const records = new RecordBytes(source, index.starts, index.lengths);
  const vectorOf = vectorReader(layout, result.columns);
  return {
    file: basename(stamp.path),
    sha256,
    places: index.places,
    count: index.places.size,
    repeated: index.repeated,
    blank: index.blank,
    problems: index.problems,
    read: async (place) => vectorOf(await records.read(place, result.dialect)),
    finish: () => checkUnchanged(source),
    close: () => source.handle.close(),
  };
}

/** Where the row of each id stands in a file. */
class RowIndex {
  readonly places = new Map<string, number>();
  readonly starts: number[] = [];
  readonly lengths: number[] = [];
  repeated = { count: 0, first: '' };
  problems = { count: 0, first: '' };
  blank = 0;

  add(cell: string, start: number, length: number): void {
    const id = cell.trim();
    if (id === '') this.blank++;
    else if (this.places.has(id)) this.repeated = more(this.repeated, id);
    else {
      this.places.set(detach(id), this.starts.length);
      this.starts.push(start);
      this.lengths.push(length);
    }
  }

  addProblem(text: string): void {
    this.problems = more(this.problems, text);
  }

  clear(): void {
    this.places.clear();
    this.starts.length = 0;
    this.lengths.length = 0;
    this.repeated = { count: 0, first: '' };
    this.problems = { count: 0, first: '' };
    this.blank = 0;
  }
}

function more({ count, first }: Counted, next: string): { count: number; first: string } {
  return { count: count + 1, first: first === '' ? next : first };
}

/** Records of a file by their places, one after the other or in any order. */
class RecordBytes {
  #bytes: Buffer = Buffer.alloc(0);
  #from = 0;
  #latestEnd = -1;

  constructor(
    private readonly source: FileSource,
    private readonly starts: readonly number[],
    private readonly lengths: readonly number[],
  ) {}

  async read(place: number, dialect: SourceReadResult['dialect']): Promise<readonly string[]> {
    const [start, length] = [this.starts[place], this.lengths[place]];
    if (start < this.#from || start + length > this.#from + this.#bytes.length) {
      const goesOn = start >= this.#latestEnd && start - this.#latestEnd < readAhead;
      this.#bytes = await readBytes(this.source, start, goesOn ? Math.max(length, readAhead) : length);
      this.#from = start;
    }
    this.#latestEnd = start + length;
    const at = start - this.#from;
    const text = decodeBytes(this.#bytes.subarray(at, at + length), dialect.encoding);
    return parseRecords(text, dialect, true, 1).cells[0] ?? [];
  }
}
