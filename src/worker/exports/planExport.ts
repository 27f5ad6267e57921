import { basename } from 'node:path';
import { type ExportKind, exportKinds, type ExportPlan } from '../../contract/exports';
import { InputError } from '../../core/base/errors';
import { findSource } from '../datasets/findSource';
import { isSameSource } from '../project/projectFolders';
import type { ProjectStore } from '../store/projectStore';
import type { SourceRecord } from '../store/storeTypes';
import { describeClassChanges } from './classWarnings';
import { exportFileName, exportFileNames, sourceNameOf } from './exportRequest';
import { findRelabelled } from './relabelling';
import { planRemoval } from './removalRows';
import { findInTheWay } from './stagedFiles';

/** What an export by decisions would write, for the window. */
export async function planExport(store: ProjectStore, threshold: number, folder?: string): Promise<ExportPlan> {
  const { source } = store.sources;
  if (source === null) throw new InputError('The data file is still being read.');
  const { rows: removed, classes } = await planRemoval(store, { kind: 'decisions' });
  const relabelled = await findRelabelled(store);
  const totals = await store.review.totals(threshold);
  const sourceChanged = await sourceHasChanged(source);
  const gone = `${basename(source.fingerprint.path)} has changed or gone since it was read.`;
  const noAudit = store.audits.latest === null ? 'There is no audit yet.' : '';
  const noCopy = noAudit === '' && sourceChanged ? gone : noAudit;
  const nothingNew = relabelled.size === 0 ? 'No label was changed in review or by merging.' : '';
  const reasons: Record<ExportKind, string> = {
    removal_list: noAudit,
    cleaned: noCopy,
    relabelled: noCopy === '' ? nothingNew : noCopy,
    scores: noAudit,
    manifest: noAudit,
  };
  const counts: Record<ExportKind, number> = {
    removal_list: removed.length,
    cleaned: source.rowCount - removed.length,
    relabelled: relabelled.size,
    scores: source.rowCount,
    manifest: 1,
  };
  return {
    files: exportKinds.map((kind) => ({
      kind,
      fileName: exportFileName(kind, sourceNameOf(source)),
      count: counts[kind],
      description: (source.format === 'folder' ? { ...descriptions, ...folderDescriptions } : descriptions)[kind],
      available: reasons[kind] === '',
      reason: reasons[kind],
    })),
    removed: totals.removed,
    relabelled: totals.relabelled,
    kept: totals.kept,
    later: totals.later,
    pending: totals.pending,
    evaluationSuspects: totals.evaluationSuspects,
    sourceChanged,
    inTheWay:
      folder === undefined ? [] : await findInTheWay(folder, exportFileNames(sourceNameOf(source), exportKinds)),
    classWarnings: describeClassChanges(classes),
  };
}

const descriptions: Readonly<Record<ExportKind, string>> = {
  removal_list: 'the removed rows with id, reason, score, decision, reviewer, time and note',
  cleaned: 'the input less the removed rows, byte for byte',
  relabelled: 'the input with the labels changed in review and by merging, nothing else',
  scores: 'every score of every row',
  manifest: 'what was done and the SHA-256 of every file',
};

/** Of a folder: nothing is copied, files are named. */
const folderDescriptions: Readonly<Partial<Record<ExportKind, string>>> = {
  cleaned: 'a list of the files less the removed ones, with their labels; no file is copied or touched',
  relabelled: 'a list of all files with the labels changed in review and by merging; no file is copied or touched',
};

async function sourceHasChanged({ fingerprint, format }: SourceRecord): Promise<boolean> {
  // What is exported of a folder is a list of what was read.
  if (format === 'folder') return false;
  try {
    return !isSameSource((await findSource(fingerprint.path)).stamp, fingerprint);
  } catch {
    return true;
  }
}
