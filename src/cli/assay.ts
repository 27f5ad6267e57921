import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import { AssayError, CancelledError, describeStacks, InputError } from '../core/base/errors';
import { ihvpMethods } from '../core/influence/ihvp/inverseHessian';
import { runAuditCommand } from './auditCommand';
import { runExplainCommand } from './explainCommand';
import { runExportCommand } from './exportCommand';
import { runFidelityCommand } from './fidelityCommand';
import { runGroupsCommand } from './groupsCommand';
import { runInfluenceCommand } from './influenceCommand';
import { runInfoCommand } from './infoCommand';
import { measureForms } from './measures';
import { withModelOptions } from './modelOptions';
import {
  collectMeasures,
  parseCount,
  parseNames,
  parsePath,
  parsePositive,
  parsePositiveCount,
  parseSeed,
  parseShare,
  parseShares,
  withColumnOptions,
  withRidgeConvention,
} from './parseOptions';
import { withReadingOptions } from './readingOptions';
import { runSubsetCommand, subsetMethodNames } from './subsetCommand';
import { cancelledMessage, outliveOutput, printError, writeToTerminal } from './terminal';
import { terminalCell } from './terminalText';
import { runUnlearnCommand } from './unlearnCommand';
import { runVerifyCommand } from './verifyCommand';

/** `assay`: the engine without a window. Exit codes: 0 done, 2 bad usage or input, 1 anything else. */

const applicationFolder = join(__dirname, '../..');

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(join(applicationFolder, 'package.json'), 'utf8')) as { version: string };
  return version;
}

const installation = {
  version: readVersion(),
  applicationFolder,
  computeThread: join(__dirname, 'compute.js'),
};

function createProgram(): Command {
  const program = new Command('assay')
    .description(
      'Audits labelled datasets offline: which rows are mislabelled, which hurt, and what happens without them.',
    )
    .version(installation.version)
    .showHelpAfterError('(assay --help tells the usage)')
    .exitOverride()
    .configureOutput(writeToTerminal);

  const audit = program
    .command('audit')
    .description('audit a delimited text file and write scores, lists and a cleaned copy')
    .argument('<data>', 'CSV, TSV or other delimited text', parsePath)
    .requiredOption('--out <dir>', 'folder for the results', parsePath);
  withModelOptions(withColumnOptions(withReadingOptions(audit)), 'audit')
    .option('--threshold <share>', 'suspicion from which a row is listed for removal', parseShare, 0.5)
    .option('--top <count>', 'list this many of the most suspicious rows instead', parseCount)
    .option('--include-validation', 'list suspects among validation and test rows too')
    .option('--allow-emptying-classes', 'list suspects also where a class would keep fewer than three rows')
    .option('--project <dir>', 'keep the project here (a folder named ….assay), to open it in the window', parsePath)
    .option('--json', 'print the summary as JSON')
    .action(async (data: string, options) => runAuditCommand(data, options, installation));

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
  withRidgeConvention(verify)
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
Changes are positive where the removal raises the measurement. The first measurement is the mean validation loss
(training loss without validation rows); JSON has the others under "measurements". Predictions: if (influence
functions), rif (rescaled), newton (one Newton step); actual is by retraining.`,
    )
    .action(async (options) => runVerifyCommand(options, installation));

  const fidelity = program
    .command('fidelity')
    .description('measure how far predictions can be trusted on a dataset: many removals, predicted against retrained')
    .argument('[data]', 'CSV, TSV or other delimited text; or --project instead', parsePath)
    .requiredOption('--out <dir>', 'folder for fidelity.csv, summary.json and fidelity.svg', parsePath)
    .option('--project <dir>', 'an audited project: its fitted model is studied', parsePath);
  withRidgeConvention(withModelOptions(withColumnOptions(withReadingOptions(fidelity)), 'study'))
    .option('--sizes <shares>', 'shares of the training rows to remove (default: 0.1 % to 5 %)', parseShares)
    .option('--repeats <count>', 'removal sets for each strategy and size', parsePositiveCount, 5)
    .option('--strategies <names>', 'of random, feature, distance, loss (default: all)', parseNames)
    .option('--margins <count>', 'validation rows whose margin is measured', parseCount, 5)
    .option('--lds <count>', 'random halves for the linear datamodeling score; 0 = leave it out', parseCount, 20)
    .option('--json', 'print the summary as JSON')
    .addHelpText(
      'after',
      `
Rows are removed at random, by nearness to a random row in one feature or in all, and by highest loss. For each set the
change of the mean validation loss, accuracy, training loss and some margins is predicted by IF, RIF and the Newton
step, and found by retraining. --head ridge studies a numeric label.`,
    )
    .action(async (data: string | undefined, options) => runFidelityCommand(data, options, installation));

  const influence = program
    .command('influence')
    .description('write what removing each training row would do to any measurements, one line per row')
    .argument('[data]', 'CSV, TSV or other delimited text; or --project instead', parsePath)
    .requiredOption('--out <file>', 'a file that ends in .csv or .parquet', parsePath)
    .option('--project <dir>', 'an audited project: its fitted model is studied', parsePath)
    .option(
      '--measure <measure>',
      'what is measured (see below); repeat it, or separate by commas, for several (default: validation_loss)',
      collectMeasures,
    )
    .option('--method <names>', 'if, rif or both, separated by commas', parseNames, ['if', 'rif'])
    .option(
      '--attribution <names>',
      'also self, loo (leverage and leave-one-out loss), representer, trak, bayesian, separated by commas',
      parseNames,
      [],
    )
    .addOption(
      new Option('--ihvp <method>', 'how the inverse Hessian is applied; auto: exact where that is affordable')
        .choices(['auto', ...ihvpMethods])
        .default('auto'),
    )
    .option('--damping <number>', 'with --ihvp: added to the Hessian for the solve only', parsePositive)
    .option('--rank <count>', 'with --ihvp arnoldi, nystroem or lowRank: directions kept', parsePositiveCount)
    .option('--evaluated', 'the change at the moved parameters instead of the linear one; slow for means over rows');
  withRidgeConvention(withModelOptions(withColumnOptions(withReadingOptions(influence)), 'study'))
    .option('--json', 'print what was written as JSON')
    .addHelpText(
      'after',
      `
Measures: ${measureForms}.
Rows are numbered from 0. Values are positive where removing the row raises the measurement.`,
    )
    .action(async (data: string | undefined, options) => runInfluenceCommand(data, options, installation));

  const subset = program
    .command('subset')
    .description('find the set of training rows whose removal moves a measurement most, or flips a prediction')
    .argument('[data]', 'CSV, TSV or other delimited text; or --project instead', parsePath)
    .option('--project <dir>', 'an audited project: its fitted model is studied', parsePath)
    .option('--size <count>', 'rows in the set', parsePositiveCount)
    .option('--measure <measure>', 'what the set should move (see below)', 'validation_loss')
    .addOption(new Option('--direction <way>', 'which way').choices(['raise', 'lower']).default('lower'))
    .addOption(
      new Option('--method <name>', 'how rows are chosen').choices(Object.keys(subsetMethodNames)).default('adaptive'),
    )
    .option('--flip <row>', 'instead: the smallest set that changes the prediction of this row (its id, or its number)')
    .option('--limit <count>', 'with --flip: the largest set to try', parsePositiveCount)
    .option('--verify', 'retrain without the set as well (--flip always does)');
  withRidgeConvention(withModelOptions(withColumnOptions(withReadingOptions(subset)), 'study'))
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
Measures: ${measureForms}; accuracies have no gradient to choose rows by.
Methods: greedy-if and greedy-rif take the rows with the largest single effects; adaptive takes them one after the other
with Newton updates; dinkelbach is the best of all sets for the linear-fractional effect.`,
    )
    .action(async (data: string | undefined, options) => runSubsetCommand(data, options, installation));

  const explain = program
    .command('explain')
    .description('tell which training rows are behind the prediction of a row, and what has to go to change it')
    .argument('[data]', 'CSV, TSV or other delimited text; or --project instead', parsePath)
    .option('--project <dir>', 'an audited project: its fitted model is studied', parsePath)
    .requiredOption('--row <row>', 'the row: its id, or its number (row:12 is a number in any case)')
    .option('--right-class <label>', 'what it should be predicted as (default: its label)')
    .option('--count <count>', 'training rows to list on either side', parsePositiveCount, 10)
    .option('--retrainings <count>', 'of these rows, and of sets of them, retrained without', parseCount, 3)
    .option('--limit <count>', 'the largest set to try', parsePositiveCount, 1000);
  withModelOptions(withColumnOptions(withReadingOptions(explain)), 'study')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
Rows are found by their RIF effect on the margin of the predicted class over the right one (over the next best, where the
prediction is right). Sets are verified by retraining. Example:
  assay explain data.csv --label kind --id name --row r17`,
    )
    .action(async (data: string | undefined, options) => runExplainCommand(data, options, installation));

  const groups = program
    .command('groups')
    .description('tell what removing all rows of a group would do, for each value of a column')
    .argument('[data]', 'CSV, TSV or other delimited text; or --project instead', parsePath)
    .option('--project <dir>', 'an audited project: its fitted model is studied', parsePath)
    .requiredOption('--by <column>', 'any column of the data: a source, an annotator, the label, …')
    .option('--verify <count>', 'groups with the largest effects to retrain without', parseCount, 3)
    .option('--limit <count>', 'the most groups that are compared', parsePositiveCount, 200);
  withRidgeConvention(withModelOptions(withColumnOptions(withReadingOptions(groups)), 'study'))
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
The effect is that on the validation loss, and on the accuracy: by IF and RIF (sums over the rows of a group), by the
Newton step, which sees that they act together, and by retraining. Groups whose removal lowers the loss come first.
Example:
  assay groups data.csv --label kind --ignore annotator --by annotator --verify 5`,
    )
    .action(async (data: string | undefined, options) => runGroupsCommand(data, options, installation));

  const unlearn = program
    .command('unlearn')
    .description('make the model forget rows, or learn other labels, by Newton steps, and prove how near it is')
    .argument('[data]', 'CSV, TSV or other delimited text; or --project instead', parsePath)
    .option('--project <dir>', 'an audited project: its fitted model is studied', parsePath)
    .option('--remove <file>', 'rows to forget: a removal_list.csv, or one row number or id a line', parsePath)
    .option('--relabel <file>', 'new labels: columns row or id, and label; or a corrected copy of the data', parsePath)
    .option('--out <dir>', 'folder for the new model: head.npy and unlearned.json', parsePath)
    .option('--verify', 'fit from scratch as well: time and distance');
  withModelOptions(withColumnOptions(withReadingOptions(unlearn)), 'study')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
The certificate bounds how far the unlearned model is from the one that training without these rows would give, without
training it. head.npy has one row of features for each class (one row for two classes: towards the second); unlearned.json
says how features are made of the columns. Example:
  assay unlearn --project data.assay --remove results/removal_list.csv --out unlearned --verify`,
    )
    .action(async (data: string | undefined, options) => runUnlearnCommand(data, options, installation));

  program
    .command('export')
    .description('write the files of an audited project')
    .requiredOption('--project <dir>', 'the project folder', parsePath)
    .requiredOption('--out <dir>', 'folder for the results', parsePath)
    .option(
      '--format <names>',
      'files to write: removal_list, cleaned, relabelled, scores, separated by commas',
      parseNames,
    )
    .option('--threshold <share>', 'remove by suspicion instead of by decisions', parseShare)
    .option('--top <count>', 'remove this many of the most suspicious rows instead', parseCount)
    .option('--include-validation', 'also remove suspects among validation and test rows')
    .option('--overwrite', 'also replace files in the way that Assay did not write')
    .option('--allow-emptying-classes', 'also remove suspects where a class would keep fewer than three rows')
    .option('--json', 'print the result as JSON')
    .action(async (options) => runExportCommand(options, installation));

  program
    .command('info')
    .description('tell which runtime and which backend are in use')
    .option('--json', 'print as JSON')
    .action(async (options) => runInfoCommand(options, installation));

  return program;
}

async function main(): Promise<number> {
  try {
    await createProgram().parseAsync(process.argv);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof CancelledError) {
      printError(cancelledMessage);
      return 130;
    }
    const message = error instanceof Error ? error.message : String(error);
    printError(`assay: ${terminalCell(message, 10_000)}`);
    if (!(error instanceof AssayError) || error.code === 'bug') {
      printError('This is a fault of Assay, not of your data. ASSAY_DEBUG=1 prints where it happened.');
    }
    if (process.env['ASSAY_DEBUG'] === '1') printError(describeStacks(error));
    return error instanceof InputError ? 2 : 1;
  }
}

outliveOutput();
void main().then((code) => {
  if (code !== 0) process.exitCode = code;
});
