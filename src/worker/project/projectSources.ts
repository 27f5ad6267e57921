import type { Note } from '../datasets/note';
import type { ReadFile } from '../exports/outputTargets';
import type { ProjectStore } from '../store/projectStore';
import type { SourceKind } from '../store/sources/sourceStore';

/** A file that a project was made from, and what was found while reading it. */
export interface ProjectSource extends ReadFile {
  readonly kind: SourceKind;
  readonly notes: readonly Note[];
  readonly issueCount: number;
}

/** Files that were read beside these: what is written must not be one of them either. */
export function filesBeside({ sources: { source } }: ProjectStore): ReadFile[] {
  const embeddings = source?.fingerprint.embeddings;
  return embeddings === undefined ? [] : [{ path: embeddings.path, what: 'the file of embeddings' }];
}

/** The data file, and the validation file after it; none while they are being read. */
export function describeSources({ sources: { source, validation } }: ProjectStore): ProjectSource[] {
  const files = [
    { kind: 'source', what: 'the data file', record: source },
    { kind: 'validation', what: 'the validation file', record: validation },
  ] as const;
  return files.flatMap(({ kind, what, record }) => {
    if (record === null) return [];
    const { fingerprint, notes, issueCount } = record;
    return [
      {
        kind,
        what: record.format === 'folder' ? 'the folder of the data' : what,
        path: fingerprint.path,
        notes,
        issueCount,
      },
    ];
  });
}
