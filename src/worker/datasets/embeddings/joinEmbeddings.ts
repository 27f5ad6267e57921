import { basename, extname } from 'node:path';
import type { Column, RowIssue } from '../../../contract/dataset';
import { InputError } from '../../../core/base/errors';
import { formatCount, formatPlural } from '../../../core/base/format';
import { listed } from '../../../core/base/listed';
import { quoteCell, shorten } from '../cells/cellText';
import type { EmbeddingsChoice, FileStamp, RecordBlock } from '../datasetTypes';
import type { Note } from '../note';
import { startBlock } from '../rowAssembler';
import type { FoundSource, Inspection, SourceReadOptions, SourceReadResult } from '../sourceFormat';
import { type EmbeddingFile, type EmbeddingRows, inspectEmbeddings } from './embeddingFile';
import type { VectorCell } from './embeddingLayout';
import { inspectNpy } from './npyVectors';

/** Lists are long: rows that are handed over together. */
const blockRows = 256;
const shownExamples = 3;

/** A second file, by what it is: a table with ids, or an array whose rows are those of the data. */
export type VectorSource =
  { readonly kind: 'table'; readonly found: FoundSource } | { readonly kind: 'npy'; readonly stamp: FileStamp };

/**
 * A source with the vectors of a second file as its last column, lists of numbers, joined by the id of its rows, or row
 * by row. All that the first file holds stays as it is, and where it is.
 */
export function joinEmbeddings(found: FoundSource, vectors: VectorSource, { id }: EmbeddingsChoice): FoundSource {
  const { path, bytes, mtimeMs, entry } = vectors.kind === 'npy' ? vectors.stamp : vectors.found.stamp;
  if (vectors.kind === 'table' && vectors.found.format !== 'delimited') {
    throw new InputError(
      `${path} is no table of embeddings. They are read from a CSV, TSV or other delimited text file with a column of ids, or from a .npy file with a row for each row of the data.`,
      { details: { path } },
    );
  }
  const embeddings = {
    path,
    bytes,
    mtimeMs,
    ...(entry === undefined ? {} : { entry }),
    ...(id === undefined || vectors.kind === 'npy' ? {} : { id }),
  };
  return {
    format: found.format,
    stamp: { ...found.stamp, embeddings },
    inspect: async (said, looking) => {
      const inspection = await found.inspect(said, looking);
      const idColumn = vectors.kind === 'npy' ? null : findId(found.stamp, inspection.preview.columns, id);
      const file =
        vectors.kind === 'npy'
          ? await inspectNpy(vectors.stamp)
          : await inspectEmbeddings(vectors.found, idColumn?.name ?? '');
      const join: Join = { file, idColumn, column: newColumn(inspection, file, path), path };
      const { preview, columnNames } = inspection;
      return {
        ...inspection,
        columnNames: [...columnNames, join.column.name],
        preview: {
          ...preview,
          columns: [...preview.columns, join.column],
          rows: preview.rows.map((row) => [...row, '']),
        },
        read: async (options) => {
          const { result, sha256 } = await readJoined(inspection, join, options);
          const by = idColumn === null ? {} : { id: idColumn.name };
          return { ...result, source: { ...result.source, embeddings: { ...embeddings, ...by, sha256 } } };
        },
      };
    },
  };
}

interface Join {
  readonly file: EmbeddingFile;
  /** null: vectors stand in the order of the rows. */
  readonly idColumn: Column | null;
  readonly column: Column;
  readonly path: string;
}

function findId({ path }: FileStamp, columns: readonly Column[], id: string | undefined): Column {
  const found = id === undefined ? columns.find(({ role }) => role === 'id') : columns.find(({ name }) => name === id);
  if (found !== undefined) return found;
  throw new InputError(
    id === undefined
      ? `Embeddings are joined by the id of the rows, and no column of ${basename(path)} looks like one. Say which it is (on the command line with --id).`
      : `There is no column “${id}” in ${basename(path)} to join embeddings by. Its columns are ${listed(columns.map(({ name }) => `“${name}”`))}.`,
    { details: { path } },
  );
}

/** Called after its file. */
function newColumn({ columnNames }: Inspection, { layout }: EmbeddingFile, path: string): Column {
  const base = basename(path, extname(path)).trim() || 'embedding';
  let name = base;
  for (let number = 2; columnNames.includes(name); number++) name = `${base} (${number})`;
  return {
    index: columnNames.length,
    name,
    type: 'vector',
    role: 'feature',
    reason: `joined from ${basename(path)}: lists of ${formatCount(layout.numbers)} numbers each`,
    missing: 0,
    distinct: null,
    range: null,
    examples: [],
    numbers: layout.numbers,
  };
}

async function readJoined(
  inspection: Inspection,
  join: Join,
  options: SourceReadOptions,
): Promise<{ readonly result: SourceReadResult; readonly sha256: string }> {
  const { onBlock, signal } = options;
  // Half of the progress is that of the file of embeddings.
  const rows = await join.file.index(signal, async (done, total) => onBlock(startBlock(0, done, 2 * total)));
  try {
    const joiner = new Joiner(join, rows);
    const result = await inspection.read({
      ...options,
      onBlock: async (block) => {
        for await (const part of joiner.join(block)) {
          signal?.throwIfCancelled();
          await onBlock(part);
        }
      },
      ...(options.onRestart === undefined
        ? {}
        : {
            onRestart: async (dialect, reason) => {
              joiner.clear();
              await options.onRestart?.(dialect, reason);
            },
          }),
    });
    await rows.finish();
    return {
      result: {
        ...result,
        columns: [...result.columns, { ...join.column, missing: joiner.missing, examples: joiner.examples }],
        notes: [...result.notes, ...joiner.notes(result.rowCount)],
        issueCount: result.issueCount + joiner.missing,
      },
      sha256: rows.sha256,
    };
  } finally {
    await rows.close();
  }
}

/** Adds the vectors to the rows, and says what did not fit. */
class Joiner {
  missing = 0;
  examples: string[] = [];
  #firstId = '';
  /** An entry for each place, 1 where a row has it. */
  readonly #used: Uint8Array;

  constructor(
    private readonly joined: Join,
    private readonly vectors: EmbeddingRows,
  ) {
    this.#used = new Uint8Array(vectors.count);
  }

  clear(): void {
    this.missing = 0;
    this.examples = [];
    this.#firstId = '';
    this.#used.fill(0);
  }

  async *join(block: RecordBlock): AsyncGenerator<RecordBlock> {
    const progress = { done: block.total + block.done, total: 2 * block.total };
    if (block.cells.length === 0) yield { ...block, ...progress };
    for (let from = 0; from < block.cells.length; from += blockRows) {
      const end = Math.min(block.cells.length, from + blockRows);
      const cells: string[][] = [];
      const cellCounts: number[] = [];
      const issues: RowIssue[] = from === 0 ? [...block.issues] : [];
      for (let k = from; k < end; k++) {
        const row = block.cells[k];
        const found = await this.#find(row, block.firstRow + k);
        if ('trouble' in found) {
          this.missing++;
          const message = `${found.trouble}: the row has no embedding.`;
          const place = { row: block.firstRow + k, line: block.lines[k], column: this.joined.column.name };
          issues.push({ ...place, kind: 'other', message });
        } else if (this.examples.length < shownExamples) this.examples.push(shorten(found.list));
        cells.push([...row, 'list' in found ? found.list : '']);
        // Of a row that is cut short, the cells that it has.
        const count = block.cellCounts[k];
        cellCounts.push(count < row.length ? count : count + 1);
      }
      yield {
        firstRow: block.firstRow + from,
        cells,
        cellCounts,
        lines: block.lines.slice(from, end),
        byteStarts: block.byteStarts.slice(from, end),
        byteLengths: block.byteLengths.slice(from, end),
        issues,
        ...progress,
      };
    }
  }

  async #find(cells: readonly string[], row: number): Promise<VectorCell> {
    const { file, places } = this.vectors;
    const { idColumn } = this.joined;
    if (places === null || idColumn === null) return this.#readInOrder(row);
    const id = (cells[idColumn.index] ?? '').trim();
    if (id === '') return { trouble: 'There is no id' };
    if (this.#firstId === '') this.#firstId = id;
    const place = places.get(id);
    if (place === undefined) return { trouble: `${quoteCell(id)} is not in ${file}` };
    this.#used[place] = 1;
    const found = await this.vectors.read(place);
    return 'list' in found ? found : { trouble: `${quoteCell(id)} ${found.trouble} in ${file}` };
  }

  /** @throws InputError where the file has no vector for this row. */
  async #readInOrder(row: number): Promise<VectorCell> {
    const { file, count } = this.vectors;
    if (row >= count) throw this.#unequal(`more than ${formatCount(count)}`);
    this.#used[row] = 1;
    const found = await this.vectors.read(row);
    return 'list' in found ? found : { trouble: `Row ${formatCount(row + 1)} of ${file} ${found.trouble}` };
  }

  #unequal(rows: string): InputError {
    const { file, count } = this.vectors;
    return new InputError(
      `${file} has ${formatPlural(count, 'vector')}, and the data have ${rows} rows. Without ids vectors belong to rows by their order, so that there must be one for each.`,
      { details: { path: this.joined.path } },
    );
  }

  /** @throws InputError where no row has a vector, or vectors without ids are not as many as the rows. */
  notes(rowCount: number): Note[] {
    const { column, idColumn, file, path } = this.joined;
    const { places, count, repeated, blank, problems, file: name } = this.vectors;
    if (places === null && count !== rowCount) throw this.#unequal(formatCount(rowCount));
    const unknown = [...(places ?? [])].filter(([, place]) => this.#used[place] === 0);
    if (this.missing === rowCount) {
      const [first = ''] = places?.keys() ?? [];
      if (idColumn === null) {
        throw new InputError(`No row has an embedding: the vectors of ${name} cannot be read as numbers.`, {
          details: { path },
        });
      }
      throw new InputError(
        `No row has an embedding: ids of the data (${idColumn.name}: ${quoteCell(this.#firstId)}) and of ${name} (${quoteCell(first)}) do not match, or its vectors cannot be read.`,
        { details: { path } },
      );
    }
    const notes: Note[] = [];
    const { numbers, unused } = file.layout;
    const with_ = formatCount(rowCount - this.missing);
    notes.push({
      level: 'info',
      text: `“${column.name}” is joined from ${name} ${idColumn === null ? 'row by row' : `by ${idColumn.name}`}: ${formatCount(numbers)} numbers for ${with_} of ${formatCount(rowCount)} rows.`,
    });
    const warn = (count: number, text: string): void => {
      if (count > 0) notes.push({ level: 'warning', text });
    };
    if (this.missing > 0) {
      warn(
        this.missing,
        `${formatPlural(this.missing, 'row has', 'rows have')} no embedding: see the problems. All numbers are 0 there, before they are centred.`,
      );
    }
    warn(
      unknown.length,
      `${formatPlural(unknown.length, 'id', 'ids')} of ${name} ${unknown.length === 1 ? 'is' : 'are'} not in the data (the first: ${quoteCell(unknown[0]?.[0] ?? '')}).`,
    );
    warn(
      repeated.count,
      `${formatPlural(repeated.count, 'row', 'rows')} of ${name} ${repeated.count === 1 ? 'has' : 'have'} an id that came before (the first: ${quoteCell(repeated.first)}): the first vector of an id counts.`,
    );
    warn(blank, `${formatPlural(blank, 'row of', 'rows of')} ${name} ${blank === 1 ? 'has' : 'have'} no id.`);
    warn(
      problems.count,
      `${formatPlural(problems.count, 'problem was', 'problems were')} found in ${name} (the first: ${shorten(problems.first, 200)})`,
    );
    if (unused.length > 0) notes.push({ level: 'info', text: `Not used of ${name}: ${listed(unused)}.` });
    return notes;
  }
}
