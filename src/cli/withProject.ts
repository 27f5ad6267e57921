import { resolve } from 'node:path';
import { type AuditSettings, auditSettingsSchema } from '../contract/audit';
import { InputError } from '../core/base/errors';
import type { HeadSettings } from '../worker/jobs/headData';
import type { StudiedSource } from '../worker/jobs/studyJob';
import { OpenProject, type ProjectEnvironment } from '../worker/project/openProject';
import { startTemporaryPlace } from '../worker/store/projectPlace';
import type { Installation } from './installation';
import type { ProgressLine } from './progressLine';
import { type DataOptions, inspectData, readData } from './readData';
import { printError } from './terminal';
import { terminalCell } from './terminalText';
import { type CommandEngine, withEngine } from './withEngine';

/** Options of commands that work on a data file or on an audited project. */
export interface SourceOptions extends DataOptions {
  readonly project?: string;
  readonly head?: HeadSettings['head'];
  readonly l2?: AuditSettings['l2'];
  readonly intercept?: boolean;
  readonly standardize?: boolean;
  readonly backend?: AuditSettings['backend'];
  readonly seed?: number;
  readonly ragged?: AuditSettings['ragged'];
}

export interface OpenSource {
  readonly project: OpenProject;
  /** The head to study. */
  readonly head: StudiedSource;
  readonly progress: ProgressLine;
  readonly throwIfInterrupted: CommandEngine['throwIfInterrupted'];
}

/**
 * Opens what a command works on, runs it, and closes everything: an audited project, or a data file read into a temporary
 * project. Interrupting cancels its jobs.
 * @throws InputError when both or neither are given, or the project has not been audited.
 */
export async function withSource<T>(
  data: string | undefined,
  options: SourceOptions,
  installation: Installation,
  work: (source: OpenSource) => Promise<T>,
): Promise<T> {
  if ((data === undefined) === (options.project === undefined)) {
    throw new InputError('Name either a data file or an audited project (--project DIR), not both.');
  }
  return withEngine(installation, async (engine) => {
    const { environment, progress, hold, keep, throwIfInterrupted } = engine;
    if (data === undefined) {
      const project = keep(await openAudited(options.project ?? '', environment));
      return work({
        project,
        head: { from: 'audit', backend: options.backend ?? 'auto' },
        progress,
        throwIfInterrupted,
      });
    }
    const settings = headSettings(options);
    const file = await inspectData(data, options);
    const { folder } = hold(await startTemporaryPlace());
    const { project, messages } = await readData(file, folder, options, engine);
    await messages.tellRest(null);
    return work({ project, head: { from: 'data', settings }, progress, throwIfInterrupted });
  });
}

/** @throws InputError when the project has not been audited. */
export async function openAudited(folder: string, environment: ProjectEnvironment): Promise<OpenProject> {
  const project = await OpenProject.fromFolder(resolve(folder), environment);
  for (const notice of project.store.decisions.notices) printError(`warning: ${terminalCell(notice, 1_000)}`);
  if (project.auditSummary !== null) return project;
  await project.close();
  throw new InputError(
    `The project ${folder} has not been audited. Run assay audit --project, or audit it in the window.`,
  );
}

export function headSettings(options: SourceOptions): HeadSettings {
  const { validation, split, head = 'auto' } = options;
  const settings = auditSettingsSchema.parse({
    l2: options.l2,
    intercept: options.intercept,
    standardize: options.standardize,
    backend: options.backend,
    seed: options.seed,
    ragged: options.ragged,
    validation: validation === 'none' ? 'none' : split !== undefined ? 'column' : 'auto',
  });
  return { ...settings, head };
}
