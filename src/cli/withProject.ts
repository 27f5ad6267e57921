import { auditSettingsSchema } from '../contract/audit';
import { InputError } from '../core/base/errors';
import type { ValidationLabels } from '../core/influence/measurements/validationLabels';
import type { Studies, Study, StudyKind } from '../core/study/runStudy';
import type { StudiedSource, StudyRequest } from '../worker/jobs/studyRequest';
import type { OpenProject } from '../worker/project/openProject';
import type { Installation } from './installation';
import { chooseSettings } from './modelOptions';
import type { ProgressLine } from './progressLine';
import { type DataOptions, inspectData, readData } from './readData';
import { printError } from './terminal';
import { terminalCell } from './terminalText';
import { withEngine, type Workplace } from './withEngine';

/** Options of commands that work on a data file or on an audited project. */
export interface SourceOptions extends DataOptions {
  readonly project?: string;
  readonly validationLabels?: ValidationLabels;
}

interface OpenSource {
  readonly project: OpenProject;
  /**
   * Asks one long question of the head: that of the project's audit, or one fitted to the data as the options say.
   * @throws CancelledError also when the command was interrupted as the answer came.
   */
  readonly study: <Kind extends StudyKind>(
    kind: Kind,
    question: StudyRequest<Kind>['question'],
  ) => Promise<Study<Studies[Kind]['answer']>>;
  readonly progress: ProgressLine;
}

/**
 * Opens what a command works on, runs it, and closes everything: an audited project, or a data file read into a
 * temporary project. Interrupting cancels its jobs.
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
  const { validationLabels } = options;
  if (data !== undefined && validationLabels !== undefined && validationLabels !== 'given') {
    throw new InputError(
      `--validation-labels ${validationLabels} needs to know how likely each label is wrong, which an audit finds out. Name an audited project (--project DIR), or leave it out.`,
    );
  }
  const file = data === undefined ? undefined : await inspectData(data, options);
  return withEngine(installation, async (workplace) => {
    const { engine, progress } = workplace;
    const openSource = (project: OpenProject, head: StudiedSource): OpenSource => ({
      project,
      study: async (kind, question) => {
        const answered = await project.startStudy({ head, kind, question, seed: options.seed }).result;
        engine.throwIfCancelled();
        return answered;
      },
      progress,
    });
    if (file === undefined) {
      const project = await openAudited(options.project ?? '', workplace);
      engine.prepare(options.backend);
      return work(openSource(project, { from: 'audit', backend: options.backend, validationLabels }));
    }
    const settings = chooseSettings(auditSettingsSchema, options);
    engine.prepare(settings.backend);
    const { project, messages } = await readData(file, options, workplace);
    await messages.tellRest(null);
    return work(openSource(project, { from: 'data', settings }));
  });
}

/** @throws InputError when the project has not been audited. */
export async function openAudited(folder: string, { engine, looking }: Workplace): Promise<OpenProject> {
  const project = await engine.openFolder(folder, looking);
  for (const notice of project.review.notices) printError(`warning: ${terminalCell(notice, 1_000)}`);
  if (project.audits.latest !== null) return project;
  throw new InputError(
    `The project ${folder} has not been audited. Run assay audit --project, or audit it in the window.`,
  );
}
