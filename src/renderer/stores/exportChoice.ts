import type { ExportKind, ExportPlan } from '../../contract/exports';

type PlannedFile = ExportPlan['files'][number];

/** The manifest says what the other files are made from: it is written with any of them. */
export function isAlwaysWritten(kind: ExportKind): boolean {
  return kind === 'manifest';
}

/** For colleagues, for those who use other programs, or large: what is written on request only. */
const onRequest: ReadonlySet<ExportKind> = new Set([
  'decisions',
  'scores',
  'issues',
  'metadata',
  'fiftyone',
  'dataset',
  'report_pdf',
]);

/** Whether a file is offered ticked: those with something in it, but for those that are written only on request. */
function offeredTicked(file: PlannedFile): boolean {
  if (!file.available) return false;
  if (onRequest.has(file.kind)) return false;
  return file.kind === 'cleaned' || file.count > 0 || isAlwaysWritten(file.kind);
}

export function isTicked(file: PlannedFile, choices: ReadonlyMap<ExportKind, boolean>): boolean {
  if (isAlwaysWritten(file.kind)) return true;
  return file.available && (choices.get(file.kind) ?? offeredTicked(file));
}

/** The kinds to be written; none when only the manifest would be left. */
export function chosenKinds(files: readonly PlannedFile[], choices: ReadonlyMap<ExportKind, boolean>): ExportKind[] {
  const ticked = files.filter((file) => isTicked(file, choices)).map(({ kind }) => kind);
  return ticked.some((kind) => !isAlwaysWritten(kind)) ? ticked : [];
}
