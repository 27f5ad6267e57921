import { tableOf } from './archivedTable';
import type { FileStamp } from './datasetTypes';
import { inspectCsv } from './inspectCsv';
import { unwatched } from './looking';
import type { Note } from './note';
import { PictureCells } from './pictureCells';
import { picturesBeside } from './picturePlaces';
import { readCsv } from './readCsv';
import type { FoundSource, SourceReadOptions, SourceReadResult } from './sourceFormat';

/**
 * A delimited text file: CSV, TSV and their like; or one in an archive. Pictures that it names lie below its folder.
 * `found`: how it was, where another path was opened.
 */
export function findDelimited(stamp: FileStamp, found?: Note): FoundSource {
  const { path, entry } = stamp;
  const table = tableOf(stamp);
  return {
    format: 'delimited',
    stamp,
    inspect: async (said = {}, looking = unwatched) => {
      const { signal } = looking;
      const { head, columnNames, preview, pictures, notes } = await inspectCsv(table, { dialect: said, signal });
      const first = found === undefined ? [] : [found];
      const read = async (options: SourceReadOptions): Promise<SourceReadResult> => {
        const result = await readCsv(table, { ...options, head });
        const source = entry === undefined ? result.source : { ...result.source, path, entry };
        return { ...result, source, notes: [...first, ...result.notes] };
      };
      const hasPictures = preview.columns.some(({ type }) => type === 'picture');
      return {
        format: 'delimited',
        path,
        said,
        columnNames,
        preview,
        pictures,
        notes: [...first, ...notes],
        read: hasPictures
          ? async (options) =>
              readWithPictures(new PictureCells(await picturesBeside(stamp), preview.columns), options, read)
          : read,
      };
    },
  };
}

/** Reads the file, and looks for every picture that it names. */
async function readWithPictures(
  pictures: PictureCells,
  options: SourceReadOptions,
  read: (options: SourceReadOptions) => Promise<SourceReadResult>,
): Promise<SourceReadResult> {
  const { onBlock, onRestart } = options;
  const missing = new Map<string | null, number>();
  const result = await read({
    ...options,
    onBlock: async (block) => {
      const found = await pictures.check(block);
      for (const { column } of found) missing.set(column, (missing.get(column) ?? 0) + 1);
      const issues = [...block.issues, ...found];
      issues.sort((a, b) => a.line - b.line);
      await onBlock(found.length === 0 ? block : { ...block, issues });
    },
    ...(onRestart === undefined
      ? {}
      : {
          onRestart: async (dialect, reason) => {
            missing.clear();
            await onRestart(dialect, reason);
          },
        }),
  });
  return {
    ...result,
    // A cell that names no picture is one that has none.
    columns: result.columns.map((column) =>
      column.type === 'picture' ? { ...column, missing: column.missing + (missing.get(column.name) ?? 0) } : column,
    ),
    issueCount: [...missing.values()].reduce((sum, count) => sum + count, result.issueCount),
  };
}
