import { basename } from 'node:path';
import { hasFilesAsRows } from '../../contract/dataset';
import type { EmptyList } from '../../contract/exports';
import type { FileStamp, SourceFingerprint } from '../datasets/datasetTypes';
import type { ProjectStore } from '../store/projectStore';
import { datasetFolderName, type MadeFolder } from './datasetFolder';
import type { ExportRequest } from './exportRequest';
import type { ClassChange } from './removalRows';
import type { WrittenFile } from './stagedFiles';

interface ManifestInput {
  readonly request: ExportRequest;
  readonly removed: number;
  readonly emptyList: EmptyList | null;
  readonly classChanges: readonly ClassChange[];
  readonly relabelled: number;
  /** The folder of files; null where none was made. */
  readonly made: MadeFolder | null;
  /** Of the paths of files in the outputs; null where there are none. */
  readonly pathsRelativeTo: string | null;
  readonly files: readonly (WrittenFile & { readonly rows: number | null; readonly changedLabels: number | null })[];
}

/**
 * What was done, so that anyone can do it again: the input by its SHA-256, how it is
 * written (`said`: the parts that were not found but said), roles and types, settings and seed, what the
 * audit found, what was decided, and every output by its SHA-256.
 */
export function createManifest(store: ProjectStore, input: ManifestInput): Record<string, unknown> {
  const { source, validation, columns } = store.sources;
  const audit = store.audits.latest;
  const { request } = input;
  return {
    application: 'Assay',
    version: request.appVersion,
    createdAt: new Date().toISOString(),
    input: source && {
      ...nameFile(source.fingerprint),
      bytes: source.fingerprint.bytes,
      sha256: source.fingerprint.sha256,
      ...describeEmbeddings(source.fingerprint),
      rows: source.rowCount,
      rowIssues: source.issueCount,
      format: source.format ?? 'delimited',
      ...(hasFilesAsRows(source.format) ? {} : { dialect: source.dialect, said: source.said ?? {} }),
    },
    validationInput: validation && {
      ...nameFile(validation.fingerprint),
      bytes: validation.fingerprint.bytes,
      sha256: validation.fingerprint.sha256,
      rows: validation.rowCount,
      rowIssues: validation.issueCount,
      dialect: validation.dialect,
      said: validation.said ?? {},
    },
    columns: columns.map(({ name, type, role }) => ({ name, type, role })),
    settings: audit?.summary.settings ?? null,
    features: audit?.pipeline ?? null,
    audit: audit?.summary ?? null,
    parameters: request.parameters ?? {},
    removal: request.removal,
    /** Why nothing is removed by suspicion; null where something is. */
    emptyList: input.emptyList,
    /** How labels that look alike are read, column by column. */
    labels: labelReadings(store),
    /** Classes that lose rows: how many they had, how many are left, how many suspects stay so that the class does. */
    classChanges: input.classChanges,
    decisions: {
      logEntries: store.decisions.state.lastSeq,
      removedRows: input.removed,
      relabelledRows: input.relabelled,
    },
    ...(input.pathsRelativeTo === null ? {} : { pathsRelativeTo: input.pathsRelativeTo }),
    ...(input.made === null ? {} : { folder: describeFolder(input.made) }),
    outputs: [
      ...input.files.map(({ fileName, bytes, sha256, rows, changedLabels }) => ({
        file: fileName,
        bytes,
        sha256,
        rows,
        ...(changedLabels === null ? {} : { changedLabels }),
      })),
      ...(input.made?.tables ?? []).map(({ fileName, bytes, sha256 }) => ({ file: fileName, bytes, sha256 })),
    ],
  };
}

/** The second file, whose vectors were joined to the rows by the column `id`. */
function describeEmbeddings({ embeddings }: SourceFingerprint): Record<string, unknown> {
  if (embeddings === undefined) return {};
  const { bytes, sha256, id = null } = embeddings;
  return { embeddings: { ...nameFile(embeddings), bytes, sha256, id } };
}

function nameFile({ path, entry }: Pick<FileStamp, 'path' | 'entry'>): Record<string, string> {
  return { file: basename(path), ...(entry === undefined ? {} : { entry }) };
}

/** Its files, with a SHA-256 each, are listed in the file beside it. */
function describeFolder({ rows, links, copies, notes }: MadeFolder): Record<string, unknown> {
  return { name: datasetFolderName, files: rows, links, copies, notes };
}

function labelReadings({ sources, log }: ProjectStore): Record<string, unknown>[] {
  return sources.columns.flatMap(({ name }) => {
    const reading = log.state.labelReading(name);
    return reading === null ? [] : [{ column: name, ...reading }];
  });
}
