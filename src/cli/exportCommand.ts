import { resolve } from 'node:path';
import { type ExportKind, exportKinds } from '../contract/exports';
import type { RemovalChoice } from '../worker/exports/exportRequest';
import { chooseNames } from './chooseNames';
import type { Installation } from './installation';
import { listWritten, printResult } from './terminal';
import { withEngine } from './withEngine';
import { openAudited } from './withProject';

export interface ExportCommandOptions {
  readonly project: string;
  readonly out: string;
  readonly format?: readonly string[];
  readonly threshold?: number;
  readonly top?: number;
  readonly includeValidation?: boolean;
  readonly overwrite?: boolean;
  readonly allowEmptyingClasses?: boolean;
  readonly json?: boolean;
}

/**
 * `assay export`: writes the files of a project. Rows decided in the window are removed; where nothing was decided yet,
 * or `--threshold` or `--top` is given, rows are removed by suspicion.
 */
export async function runExportCommand(options: ExportCommandOptions, installation: Installation): Promise<void> {
  const kinds = chooseKinds(options.format);
  await withEngine(installation, async ({ engine, progress }) => {
    const project = await openAudited(options.project, engine);
    const result = await project.startExport({
      folder: resolve(options.out),
      kinds,
      overwrite: options.overwrite === true,
      removal: chooseRemoval(options, project.review.hasDecisions),
      parameters: { command: 'export', ...options },
    }).result;
    progress.clear();
    printResult(options, result, () => {
      const names = result.files.map(({ fileName }) => fileName);
      return [...result.classWarnings.map((warning) => `! ${warning}`), listWritten(result.folder, names)].join('\n');
    });
  });
}

export function chooseRemoval(
  options: Pick<ExportCommandOptions, 'threshold' | 'top' | 'includeValidation' | 'allowEmptyingClasses'>,
  hasDecisions: boolean,
): RemovalChoice {
  if (hasDecisions && options.threshold === undefined && options.top === undefined) return { kind: 'decisions' };
  return {
    kind: 'suspicion',
    threshold: options.threshold ?? 0.5,
    ...(options.top === undefined ? {} : { top: options.top }),
    includeValidation: options.includeValidation === true,
    emptyClasses: options.allowEmptyingClasses === true,
  };
}

/** @throws InputError for a format that is not known, naming those that are. */
export function chooseKinds(format: readonly string[] | undefined): ExportKind[] {
  if (format === undefined) return [...exportKinds];
  return [...new Set<ExportKind>([...chooseNames(format, exportKinds, '--format'), 'manifest'])];
}
