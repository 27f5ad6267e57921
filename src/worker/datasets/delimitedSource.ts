import type { SourceStamp } from './datasetTypes';
import { inspectCsv } from './inspectCsv';
import { readCsv } from './readCsv';
import type { FoundSource } from './sourceFormat';

/** A delimited text file: CSV, TSV and their like. */
export function findDelimited(stamp: SourceStamp): FoundSource {
  const { path } = stamp;
  return {
    format: 'delimited',
    stamp,
    inspect: async (said = {}) => {
      const { head, columnNames, preview, pictures, notes } = await inspectCsv(path, { dialect: said });
      return {
        format: 'delimited',
        path,
        said,
        columnNames,
        preview,
        pictures,
        notes,
        read: (options) => readCsv(path, { ...options, head }),
      };
    },
  };
}
