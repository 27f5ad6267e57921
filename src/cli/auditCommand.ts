import { basename, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { type AuditSettings, auditSettingsSchema } from '../contract/audit';
import type { ExportKind } from '../contract/exports';
import { InputError } from '../core/base/errors';
import { issueNames } from '../core/media/mediaIssues';
import { expertNames, mostForestFeatures } from '../core/ranking/suspicion/expertNames';
import { exportFileNames } from '../worker/exports/exportRequest';
import { liesIn, samePlace } from '../worker/exports/outputTargets';
import { checkOutputs } from '../worker/exports/stagedFiles';
import { describeAudit } from './auditReport';
import { chooseRemoval } from './exportCommand';
import type { Installation } from './installation';
import { chooseSettings } from './modelOptions';
import { parseExperts, parseIssues, parsePath, parsePositiveCount, parseRounds, parseShare } from './parseOptions';
import { type DataOptions, inspectData, readData, readsOf } from './readData';
import { withSourceOptions } from './sourceOptions';
import { printResult } from './terminal';
import { withValidationLabels } from './validationLabels';
import { withEngine } from './withEngine';

interface AuditCommandOptions extends DataOptions {
  readonly out: string;
  readonly head: AuditSettings['head'];
  readonly experts: AuditSettings['experts'];
  readonly rounds: AuditSettings['rounds'];
  readonly issues: AuditSettings['issues'];
  readonly validationLabels?: AuditSettings['validationLabels'];
  readonly validationClean?: boolean;
  readonly threshold: number;
  readonly top?: number;
  readonly includeValidation?: boolean;
  readonly allowEmptyingClasses?: boolean;
  readonly project?: string;
  readonly json?: boolean;
}

const kinds: ExportKind[] = ['removal_list', 'cleaned', 'relabelled', 'scores', 'manifest'];

/** Adds `assay audit`. */
export function addAuditCommand(program: Command, installation: Installation): void {
  const audit = program
    .command('audit')
    .description(
      'audit a delimited text file, or a folder or zip archive of texts or pictures, and write scores, lists and a cleaned copy',
    )
    .argument('<data>', 'CSV, TSV or other delimited text, or a folder or zip archive of pictures or texts', parsePath)
    .requiredOption('--out <dir>', 'folder for the results', parsePath);
  withValidationLabels(withSourceOptions(audit, 'audit'), 'audit')
    .option(
      '--validation-clean',
      'the rows of --validation FILE, or those that --split marks, are known to be labelled right: taken at their word, and not judged',
    )
    .addOption(
      new Option(
        '--experts <names>',
        `whose probabilities make the suspicion: ${expertNames.join(', ')}; auto: all there are, without discriminant up to ${mostForestFeatures} features, without forest and trees beyond`,
      )
        .argParser(parseExperts)
        .default('auto'),
    )
    .addOption(
      new Option(
        '--rounds <count>',
        '2: the most suspicious rows are set aside, and the experts judge again without having learnt from them',
      )
        .argParser(parseRounds)
        .default(2),
    )
    .addOption(
      new Option(
        '--issues <names>',
        `what is looked for in pictures and texts beside wrong labels: ${issueNames.join(', ')}; auto: everything, none: nothing`,
      )
        .argParser(parseIssues)
        .default('auto'),
    )
    .addOption(
      new Option('--threshold <share>', 'suspicion from which a row is listed for removal')
        .argParser(parseShare)
        .default(0.5)
        .conflicts('top'),
    )
    .option('--top <count>', 'list this many of the most suspicious rows instead', parsePositiveCount)
    .option('--include-validation', 'list suspects among validation and test rows too')
    .option('--allow-emptying-classes', 'list suspects also where a class would keep fewer than three rows')
    .option('--project <dir>', 'keep the project here (a folder named ….assay), to open it in the window', parsePath)
    .option('--json', 'print the summary as JSON')
    .action(async (data: string, options: AuditCommandOptions) => runAuditCommand(data, options, installation));
}

/** `assay audit`: reads, audits, writes everything into `--out`; all of it or nothing. */
async function runAuditCommand(data: string, options: AuditCommandOptions, installation: Installation): Promise<void> {
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
    workplace.engine.prepare(settings.backend);
    const { project, messages } = await readData(file, options, workplace, options.project);
    const summary = await project.audits.start(settings).result;
    await messages.tellRest(summary);
    const exported = await project.exports.start({
      folder: out,
      kinds,
      removal,
      reads,
      overwrite: options.overwrite === true,
      parameters: { command: 'audit', data: basename(data), ...options },
    }).result;
    messages.tellMore(exported.classWarnings);
    return { dataset: project.dataset.summary(), audit: summary, exported };
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
