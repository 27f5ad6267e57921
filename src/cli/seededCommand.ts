import type { Command } from 'commander';
import { auditSettingsSchema } from '../contract/audit';
import { seededRequestSchema } from '../contract/seeded';
import { InputError } from '../core/base/errors';
import { listedFrom } from '../core/base/listedFrom';
import type { OpenProject } from '../worker/project/openProject';
import type { Installation } from './installation';
import { chooseSettings } from './modelOptions';
import { parsePath, parsePositiveCount, parseShare } from './parseOptions';
import { inspectData, readData } from './readData';
import { describeSeeded, seededJson } from './seededReport';
import { withSourceOptions } from './sourceOptions';
import { printResult } from './terminal';
import { withEngine, type Workplace } from './withEngine';
import { openAudited, type SourceOptions } from './withProject';

interface SeededCommandOptions extends SourceOptions {
  readonly share?: number;
  readonly seeds: number;
  readonly threshold: number;
  readonly json?: boolean;
}

/** Adds `assay seeded`. */
export function addSeededCommand(program: Command, installation: Installation): void {
  const seeded = program
    .command('seeded')
    .description('plant wrong labels in copies of the data, and tell how many of them an audit finds')
    .argument(
      '[data]',
      'CSV, TSV or other delimited text, or a folder of pictures or texts; or --project instead',
      parsePath,
    )
    .option('--project <dir>', 'an audited project: its audit is repeated, and what is found is kept in it', parsePath)
    .option(
      '--share <share>',
      'of the trusted rows, to be given a wrong label (default: 0.05, 20 at least)',
      parseShare,
    )
    .option('--seeds <count>', 'copies, each with wrong labels of its own', parsePositiveCount, 3)
    .option(
      '--threshold <share>',
      'suspicion from which a row is listed and its label not trusted',
      parseShare,
      listedFrom,
    );
  withSourceOptions(seeded, 'study')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
Trusted are labelled training rows that are no suspects, or that somebody kept.
Each copy is audited as the data were. Errors that people make may be harder to
find than planted ones: what is told is at most as good as the real recall.
Example:
  assay seeded data.csv --label kind --seeds 5`,
    )
    .action(async (data: string | undefined, options: SeededCommandOptions) =>
      runSeededCommand(data, options, installation),
    );
}

/** `assay seeded`: how many planted errors are found, by which ranking. */
async function runSeededCommand(
  data: string | undefined,
  options: SeededCommandOptions,
  installation: Installation,
): Promise<void> {
  if ((data === undefined) === (options.project === undefined)) {
    throw new InputError('Name either a data file or an audited project (--project DIR), not both.');
  }
  const { share, seeds, threshold } = options;
  const request = seededRequestSchema.safeParse({ ...(share === undefined ? {} : { share }), seeds, threshold });
  if (!request.success) {
    throw new InputError('--share is at most 0.3 and more than 0, and --seeds at most 20.');
  }
  const { seeded, figures } = await withEngine(installation, async (workplace) => {
    const project = await openOrAudit(data, options, workplace);
    const found = await project.stopping.startSeeded(request.data).result;
    workplace.engine.throwIfCancelled();
    return { seeded: found, figures: await project.stopping.figures(threshold) };
  });
  printResult(options, seededJson(seeded, figures), () => describeSeeded(seeded, figures));
}

async function openOrAudit(
  data: string | undefined,
  options: SeededCommandOptions,
  workplace: Workplace,
): Promise<OpenProject> {
  const { engine } = workplace;
  if (data === undefined) {
    const project = await openAudited(options.project ?? '', workplace);
    engine.prepare(project.audits.latest?.settings.backend ?? 'auto');
    return project;
  }
  const settings = chooseSettings(auditSettingsSchema, options);
  const file = await inspectData(data, options);
  engine.prepare(settings.backend);
  const { project, messages } = await readData(file, options, workplace);
  await messages.tellRest(await project.audits.start(settings).result);
  return project;
}
