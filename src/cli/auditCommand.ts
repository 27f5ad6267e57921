import { basename, resolve } from 'node:path';
import { type AuditSettings, auditSettingsSchema } from '../contract/audit';
import type { ExportKind } from '../contract/exports';
import { InputError } from '../core/base/errors';
import { exportFileNames } from '../worker/exports/exportRequest';
import { liesIn, samePlace } from '../worker/exports/outputTargets';
import { checkOutputs } from '../worker/exports/stagedFiles';
import { describeAudit } from './auditReport';
import { chooseRemoval } from './exportCommand';
import type { Installation } from './installation';
import { chooseSettings } from './modelOptions';
import { type DataOptions, inspectData, readData, readsOf } from './readData';
import { printResult } from './terminal';
import { withEngine } from './withEngine';

export interface AuditCommandOptions extends DataOptions {
  readonly out: string;
  readonly head: AuditSettings['head'];
  readonly threshold: number;
  readonly top?: number;
  readonly includeValidation?: boolean;
  readonly allowEmptyingClasses?: boolean;
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
  const out = resolve(options.out);
  const settings = chooseSettings(auditSettingsSchema, options);
  const removal = chooseRemoval(options, false);

  await refuseMixedPlaces(options);

  const reads = readsOf(data, options);
  await checkOutputs(out, {
    fileNames: exportFileNames(data, kinds),
    reads,
    overwrite: options.overwrite === true,
  });
  const file = await inspectData(data, options);
  const { dataset, audit, exported } = await withEngine(installation, async (workplace) => {
    const { project, messages } = await readData(file, options, workplace, options.project);
    const summary = await project.startAudit(settings).result;
    await messages.tellRest(summary);
    const exported = await project.startExport({
      folder: out,
      kinds,
      removal,
      reads,
      overwrite: options.overwrite === true,
      parameters: { command: 'audit', data: basename(data), ...options },
    }).result;
    messages.tellMore(exported.classWarnings);
    return { dataset: project.summary(), audit: summary, exported };
  });
  printResult(options, { dataset, audit, export: exported }, () => describeAudit(dataset, audit, exported));
}

/**
 * What the command is about to make is not to be replaced by what it makes next, which would show only at the end.
 * @throws InputError
 */
async function refuseMixedPlaces({ out, project, problems }: AuditCommandOptions): Promise<void> {
  if (project !== undefined && (await samePlace(project, out))) {
    throw new InputError('--project and --out name the same folder. Keep the project in one of its own.');
  }
  if (project !== undefined && (await liesIn(out, project))) {
    throw new InputError('--out lies in the folder of --project. Keep the results in a folder of their own.');
  }
  if (problems === undefined) return;
  if (project !== undefined && (await liesIn(problems, project))) {
    throw new InputError('--problems lies in the folder of --project. Choose another place for the list.');
  }
  if (await samePlace(problems, out)) {
    throw new InputError(
      '--problems and --out have the same name: one is a file, the other a folder. Name another file.',
    );
  }
}
