import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, extname, join, resolve } from 'node:path';
import { auditSettingsSchema, type AuditSettings, type AuditSummary } from '../contract/audit';
import type { ExportKind, ExportResult } from '../contract/exports';
import { InputError } from '../core/base/errors';
import { inspectCsv } from '../worker/datasets/inspectCsv';
import type { RemovalChoice } from '../worker/exports/exportTypes';
import { OpenProject } from '../worker/openProject';
import { describeOrigin, isEmptyOrMissing } from '../worker/projectFolders';
import { chooseColumns, type ColumnOptions } from './chooseColumns';
import type { Installation } from './installation';
import { withEngine } from './withEngine';
import { describeAudit } from './auditReport';

export interface AuditCommandOptions extends ColumnOptions {
  readonly out: string;
  readonly validation?: string;
  readonly head: AuditSettings['head'];
  readonly l2: AuditSettings['l2'];
  readonly intercept: boolean;
  readonly standardize: boolean;
  readonly backend: AuditSettings['backend'];
  readonly seed: number;
  readonly threshold: number;
  readonly top?: number;
  readonly includeValidation?: boolean;
  readonly project?: string;
  readonly json?: boolean;
}

const kinds: ExportKind[] = ['removal_list', 'cleaned', 'relabelled', 'scores', 'manifest'];

/** `assay audit`: reads, audits, writes everything into `--out`; all of it or nothing. */
export async function runAuditCommand(
  data: string,
  options: AuditCommandOptions,
  installation: Installation,
): Promise<void> {
  const path = resolve(data);
  const out = resolve(options.out);
  const validationFile =
    options.validation === undefined || options.validation === 'none' ? undefined : resolve(options.validation);
  if (validationFile !== undefined && options.split !== undefined) {
    throw new InputError('--split and --validation FILE say two different things about validation. Give one of them.');
  }
  const settings = auditSettingsSchema.parse({
    head: options.head,
    l2: options.l2,
    intercept: options.intercept,
    standardize: options.standardize,
    backend: options.backend,
    seed: options.seed,
    validation: options.validation === 'none' ? 'none' : options.split !== undefined ? 'column' : 'auto',
  });
  const removal: RemovalChoice = {
    kind: 'suspicion',
    threshold: options.threshold,
    ...(options.top === undefined ? {} : { top: options.top }),
    includeValidation: options.includeValidation === true,
  };

  const origin = describeOrigin(path);
  const inspection = await inspectCsv(path);
  if (options.project !== undefined && !isEmptyOrMissing(resolve(options.project))) {
    throw new InputError(
      `--project: ${resolve(options.project)} exists already. Name a new folder, or delete this one.`,
    );
  }
  const scratch = options.project === undefined ? await mkdtemp(join(tmpdir(), 'assay-')) : undefined;
  const folder =
    scratch === undefined ? resolve(options.project ?? '') : join(scratch, `${basename(path, extname(path))}.assay`);
  try {
    await withEngine(installation, async ({ environment, progress, keep }) => {
      const project = keep(await OpenProject.create(folder, origin, inspection, environment));
      await project.whenLoaded();
      await project.setColumns(chooseColumns(project.store.columns, options));
      if (validationFile !== undefined) await project.addValidationFile(validationFile);
      const summary = await project.startAudit(settings).result;
      const exported = await project.startExport({
        folder: out,
        kinds,
        removal,
        parameters: { command: 'audit', data: basename(path), ...options },
      }).result;
      progress.clear();
      print(project, summary, exported, options.json === true);
    });
  } finally {
    if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
  }
}

function print(project: OpenProject, summary: AuditSummary, exported: ExportResult, json: boolean): void {
  const dataset = project.summary();
  if (json) {
    process.stdout.write(`${JSON.stringify({ dataset, audit: summary, export: exported }, null, 2)}\n`);
    return;
  }
  process.stdout.write(`${describeAudit(dataset, summary, exported)}\n`);
}
