import type { Command } from 'commander';
import { InputError } from '../core/base/errors';
import type { ValidationLabels } from '../core/influence/measurements/validationLabels';
import type { RidgeConvention } from '../core/influence/removal/removalTypes';
import type { OpenProject } from '../worker/project/openProject';
import type { Installation } from './installation';
import { parseCount, parsePath, parsePositiveCount, parseSeed, withRidgeConvention } from './parseOptions';
import { readListFile } from './readListFile';
import { printResult } from './terminal';
import { withValidationLabels } from './validationLabels';
import { describeVerification, verificationJson } from './verifyReport';
import { withEngine } from './withEngine';
import { openAudited } from './withProject';

interface VerifyCommandOptions {
  readonly project: string;
  readonly remove?: string;
  readonly top?: number;
  readonly repeats: number;
  readonly seed: number;
  readonly ridgeConvention: RidgeConvention;
  readonly validationLabels?: ValidationLabels;
  readonly json?: boolean;
}

/** Adds `assay verify`. */
export function addVerifyCommand(program: Command, installation: Installation): void {
  const verify = program
    .command('verify')
    .description(
      'prove a removal: retrain without the rows and without random rows, and print what was predicted beside what came out',
    )
    .requiredOption('--project <dir>', 'an audited project (assay audit --project makes one)', parsePath)
    .option('--remove <file>', 'rows to remove: a removal_list.csv, or one row number or id a line', parsePath)
    .option('--top <count>', 'remove this many of the most suspicious training rows instead', parsePositiveCount)
    .option('--repeats <count>', 'random removals of the same size and class mix beside it', parseCount, 20)
    .option('--seed <number>', 'draws the random removals', parseSeed, 7);
  withValidationLabels(withRidgeConvention(verify), 'study')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
Changes are positive where the removal raises the measurement. The first
measurement is the mean validation loss (training loss without validation rows);
JSON has the others under "measurements", those by the given labels as
validation_loss_given and validation_accuracy_given. Predictions: if (influence
functions), rif (rescaled), newton (one Newton step); actual is by retraining.`,
    )
    .action(async (options: VerifyCommandOptions) => runVerifyCommand(options, installation));
}

/**
 * `assay verify`: retrains without rows and without random ones, and prints what was predicted beside what came out.
 */
async function runVerifyCommand(options: VerifyCommandOptions, installation: Installation): Promise<void> {
  if ((options.remove === undefined) === (options.top === undefined)) {
    throw new InputError('Say which rows to remove: either --remove FILE or --top K.');
  }
  const text = options.remove === undefined ? undefined : await readListFile(options.remove, '--remove');
  await withEngine(installation, async (workplace) => {
    const { engine, progress } = workplace;
    const project = await openAudited(options.project, workplace);
    engine.prepare('auto');
    const { rows, chosenBy } = await chooseRows(project, text, options.top);
    const { repeats, seed, ridgeConvention, validationLabels } = options;
    const request = { rows, repeats, seed, chosenBy, ridgeConvention, validationLabels };
    const verification = await project.verifications.start(request).result;
    progress.clear();
    printResult(options, verificationJson(verification), () => describeVerification(verification, chosenBy));
  });
}

async function chooseRows(
  project: OpenProject,
  text: string | undefined,
  top: number | undefined,
): Promise<{ readonly rows: Int32Array; readonly chosenBy: string }> {
  if (text !== undefined) {
    const { rows, namedBy } = await project.rows.findNamed(text);
    return { rows, chosenBy: namedBy === 'row' ? 'row numbers of the file' : 'ids of the file' };
  }
  const count = top ?? 0;
  const ranked = await project.rows.rankTraining();
  if (ranked.length < count) {
    throw new InputError(`--top ${count}: there are only ${ranked.length} ranked training rows.`);
  }
  return { rows: ranked.slice(0, count), chosenBy: `the ${count} most suspicious training rows` };
}
