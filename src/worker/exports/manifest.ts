import { basename } from 'node:path';
import type { ClassChange } from '../../contract/exports';
import type { ProjectStoreApi } from '../store/projectStoreApi';
import type { ExportRequest } from './exportTypes';
import type { WrittenFile } from './stagedFiles';

export interface ManifestInput {
  readonly request: ExportRequest;
  readonly removed: number;
  readonly classChanges: readonly ClassChange[];
  readonly relabelled: number;
  readonly files: readonly (WrittenFile & { readonly rows: number | null })[];
}

/**
 * What was done, so that anyone can do it again: the input by its SHA-256, how it is
 * written (`said`: the parts that were not found but said), roles and types, settings and seed, what the
 * audit found, what was decided, and every output by its SHA-256.
 */
export function createManifest(store: ProjectStoreApi, input: ManifestInput): Record<string, unknown> {
  const { source, audit, validationSource, review } = store;
  const { request } = input;
  return {
    application: 'Assay',
    version: request.appVersion,
    createdAt: new Date().toISOString(),
    input: source && {
      file: basename(source.fingerprint.path),
      bytes: source.fingerprint.bytes,
      sha256: source.fingerprint.sha256,
      rows: source.rowCount,
      rowIssues: source.issueCount,
      dialect: source.dialect,
      said: source.said ?? {},
    },
    validationInput: validationSource && {
      file: basename(validationSource.fingerprint.path),
      bytes: validationSource.fingerprint.bytes,
      sha256: validationSource.fingerprint.sha256,
      rows: validationSource.rowCount,
      rowIssues: validationSource.issueCount,
      dialect: validationSource.dialect,
      said: validationSource.said ?? {},
    },
    columns: store.columns.map(({ name, type, role }) => ({ name, type, role })),
    settings: audit?.summary.settings ?? null,
    features: audit?.pipeline ?? null,
    audit: audit?.summary ?? null,
    parameters: request.parameters ?? {},
    removal: request.removal,
    /** How labels that look alike are read, column by column. */
    labels: labelReadings(store),
    /** Classes that lose rows: how many they had, how many are left, how many suspects stay so that the class does. */
    classChanges: input.classChanges,
    decisions: {
      logEntries: review.lastSeq,
      removedRows: input.removed,
      relabelledRows: input.relabelled,
    },
    outputs: input.files.map(({ fileName, bytes, sha256, rows }) => ({ file: fileName, bytes, sha256, rows })),
  };
}

function labelReadings({ columns, review }: ProjectStoreApi): Record<string, unknown>[] {
  return columns.flatMap(({ name }) => {
    const reading = review.labelReading(name);
    return reading === null ? [] : [{ column: name, ...reading }];
  });
}
