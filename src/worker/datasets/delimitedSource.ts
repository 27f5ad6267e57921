import { dirname } from 'node:path';
import type { SourceStamp } from './datasetTypes';
import { inspectCsv } from './inspectCsv';
import { PictureCells } from './pictureCells';
import { readCsv } from './readCsv';
import type { FoundSource, SourceReadOptions, SourceReadResult } from './sourceFormat';

/** A delimited text file: CSV, TSV and their like. Pictures that it names lie below its folder. */
export function findDelimited(stamp: SourceStamp): FoundSource {
  const { path } = stamp;
  return {
    format: 'delimited',
    stamp,
    inspect: async (said = {}) => {
      const { head, columnNames, preview, pictures, notes } = await inspectCsv(path, { dialect: said });
      const read = (options: SourceReadOptions): Promise<SourceReadResult> => readCsv(path, { ...options, head });
      const hasPictures = preview.columns.some(({ type }) => type === 'picture');
      return {
        format: 'delimited',
        path,
        said,
        columnNames,
        preview,
        pictures,
        notes,
        read: hasPictures
          ? (options) => readWithPictures(new PictureCells(dirname(path), preview.columns), options, read)
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
  let missing = 0;
  const result = await read({
    ...options,
    onBlock: async (block) => {
      const found = await pictures.check(block);
      missing += found.length;
      const issues = [...block.issues, ...found];
      issues.sort((a, b) => a.line - b.line);
      await onBlock(found.length === 0 ? block : { ...block, issues });
    },
    ...(onRestart === undefined
      ? {}
      : {
          onRestart: async (dialect, reason) => {
            missing = 0;
            await onRestart(dialect, reason);
          },
        }),
  });
  return { ...result, issueCount: result.issueCount + missing };
}
