import { basename } from 'node:path';
import { hasFilesAsRows } from '../../contract/dataset';
import type { ExportKind, ExportPlan } from '../../contract/exports';
import { InputError } from '../../core/base/errors';
import { formatCount, formatPlural } from '../../core/base/format';
import { findSource } from '../datasets/findSource';
import { isSameSource } from '../project/projectFolders';
import type { ProjectStore } from '../store/projectStore';
import type { SourceRecord } from '../store/storeTypes';
import { describeClassChanges } from './classWarnings';
import { exportFileName, sourceNameOf } from './exportRequest';
import { findMetadataParts } from './metadataFile';
import { findRelabelled } from './relabelling';
import { planRemoval } from './removalRows';
import { findRowFiles, kindsMeantFor } from './rowFiles';
import { findInTheWay } from './stagedFiles';

/**
 * What an export by decisions would write, for the window.
 * @param threshold suspicion from which a row is a suspect
 * @param folder to tell which files in it are in the way
 * @param canPrint whether something can make PDF files
 */
export async function planExport(
  store: ProjectStore,
  threshold: number,
  folder?: string,
  canPrint = false,
): Promise<ExportPlan> {
  const { source } = store.sources;
  if (source === null) throw new InputError('The data file is still being read.');
  const { rows: removed, classes } = await planRemoval(store, { kind: 'decisions' });
  const relabelled = await findRelabelled(store);
  const totals = await store.review.totals(threshold);
  const decided = store.decisions.state.rows.size;
  const sourceChanged = await sourceHasChanged(source);
  const gone = `${basename(source.fingerprint.path)} has changed or gone since it was read.`;
  const noAudit = store.audits.latest === null ? 'There is no audit yet.' : '';
  const noCopy = noAudit === '' && sourceChanged ? gone : noAudit;
  const nothingNew = relabelled.size === 0 ? 'No label was changed in review or by merging.' : '';
  const reasons: Record<ExportKind, string> = {
    removal_list: noAudit,
    cleaned: noCopy,
    relabelled: noCopy === '' ? nothingNew : noCopy,
    decisions: decided === 0 ? noAudit || 'No row has a decision or a note.' : noAudit,
    scores: noAudit,
    issues: noAudit,
    metadata: noAudit,
    fiftyone: noAudit,
    dataset: noAudit,
    report: noAudit,
    report_pdf: noAudit === '' && !canPrint ? 'Nothing here can print a PDF file.' : noAudit,
    manifest: noAudit,
  };
  const counts: Record<ExportKind, number> = {
    removal_list: removed.length,
    cleaned: source.rowCount - removed.length,
    relabelled: relabelled.size,
    decisions: decided,
    scores: source.rowCount,
    issues: source.rowCount,
    metadata: source.rowCount - removed.length,
    fiftyone: source.rowCount,
    dataset: source.rowCount - removed.length,
    report: 1,
    report_pdf: 1,
    manifest: 1,
  };
  const rowFiles = findRowFiles(store);
  const metadata = rowFiles?.kind === 'picture' ? await findMetadataParts(store, rowFiles) : [];
  const kinds = kindsMeantFor(rowFiles);
  const namesOf = (kind: ExportKind): string[] =>
    kind === 'metadata' ? metadata.map(({ fileName }) => fileName) : [exportFileName(kind, sourceNameOf(source))];
  const named = kinds.flatMap((kind) => namesOf(kind).map((fileName) => ({ kind, fileName })));
  return {
    files: kinds.map((kind) => ({
      kind,
      fileName: namesOf(kind).join(', '),
      count: counts[kind],
      description: (hasFilesAsRows(source.format) ? { ...descriptions, ...folderDescriptions } : descriptions)[kind],
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
    pass: describePass(store),
    noLinks:
      source.format === 'zip' || source.fingerprint.entry !== undefined
        ? 'The files lie in an archive, so they are copied out of it.'
        : '',
    inTheWay: folder === undefined ? [] : await findOthers(folder, named),
    classWarnings: describeClassChanges(classes),
  };
}

/** Whose decisions an export holds while a second pass is under way or put aside; '' where there is none. */
export function describePass({ passes }: ProjectStore): string {
  if (passes.current !== null) {
    const { pass, log } = passes.current;
    const decided = [...log.state.rows.values()].filter(({ decision }) => decision !== null).length;
    return (
      `A second pass is under way: files hold what ${pass.reviewer} has decided in it (${formatCount(decided)} of ` +
      `${formatPlural(pass.rowCount, 'row')}), and nothing of the first review. End the pass for files of the whole review.`
    );
  }
  const open = passes.all.find(({ state }) => state !== 'ended');
  if (open === undefined) return '';
  return `The second pass of ${open.reviewer} has not ended. These files hold the decisions of the first review.`;
}

/** Files in the way, and the kinds of which they would be. */
async function findOthers(
  folder: string,
  named: readonly { readonly kind: ExportKind; readonly fileName: string }[],
): Promise<ExportPlan['inTheWay']> {
  const found = await findInTheWay(
    folder,
    named.map(({ fileName }) => fileName),
  );
  const kindOf = new Map(named.map(({ kind, fileName }) => [fileName, kind]));
  return found.map((file) => ({ ...file, kind: kindOf.get(file.fileName) ?? 'manifest' }));
}

const descriptions: Readonly<Record<ExportKind, string>> = {
  removal_list: 'the removed rows with id, reason, score, decision, reviewer, time and note',
  cleaned: 'the input less the removed rows, byte for byte',
  relabelled: 'the input with the labels changed in review and by merging, nothing else',
  decisions:
    'every decision and note with reviewer and time, for a colleague’s Assay: read there from Review, rows are found by id and content',
  scores: 'every score of every row',
  issues: 'label issues as cleanlab writes them; label_score near 0: the label is likely wrong, near 1: right',
  metadata:
    'the pictures that stay with their corrected labels, for Hugging Face’s imagefolder: they go into the folder of the data, or of the split',
  fiftyone:
    'all pictures with labels, suspicion and decisions, for FiftyOne’s CSVDataset: its data_path is the folder of the data',
  dataset:
    'the files that stay, in a new folder “dataset” with a folder for each corrected label, and a list of them with the SHA-256 of each',
  report:
    'for colleagues: what was audited, found, decided and verified, with its limits; one page of HTML that needs nothing else',
  report_pdf: 'the same report on A4 pages, to print, sign and file',
  manifest: 'what was done and the SHA-256 of every file',
};

/** Of a folder: nothing is copied, files are named. */
const folderDescriptions: Readonly<Partial<Record<ExportKind, string>>> = {
  cleaned: 'a list of the files less the removed ones, with their labels; no file is copied or touched',
  relabelled: 'a list of all files with the labels changed in review and by merging; no file is copied or touched',
};

async function sourceHasChanged({ fingerprint, format }: SourceRecord): Promise<boolean> {
  // What is exported of a folder is a list of what was read.
  if (hasFilesAsRows(format)) return false;
  try {
    // Embeddings that were joined to it are no part of what is exported.
    return !isSameSource((await findSource(fingerprint.path)).stamp, { ...fingerprint, embeddings: undefined });
  } catch {
    return true;
  }
}
