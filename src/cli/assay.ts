import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssayError, CancelledError, InputError } from '../core/base/errors';
import { runAuditCommand } from './auditCommand';
import { runExportCommand } from './exportCommand';
import { runInfoCommand } from './infoCommand';

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

function parsePositive(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}

function parseL2(text: string): number | 'auto' {
  return text === 'auto' ? 'auto' : parsePositive(text);
}

function parseCount(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('It must be a whole number, 0 or more.');
  return value;
}

function parseShare(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1)) throw new InvalidArgumentError('It must be between 0 and 1.');
  return value;
}

function parseColumns(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.some((name) => name === '')) throw new InvalidArgumentError('Separate column names by commas.');
  return names;
}

function createProgram(): Command {
  const program = new Command('assay')
    .description(
      'Audits labelled datasets offline: which rows are mislabelled, which hurt, and what happens without them.',
    )
    .version(installation.version)
    .showHelpAfterError('(assay --help tells the usage)')
    .exitOverride();

  program
    .command('audit')
    .description('audit a delimited text file and write scores, lists and a cleaned copy')
    .argument('<data>', 'CSV, TSV or other delimited text')
    .requiredOption('--out <dir>', 'folder for the results')
    .option('--label <column>', 'the label column (guessed when left out)')
    .option('--id <column>', 'the id column')
    .option('--features <columns>', 'feature columns, separated by commas (default: all usable ones)', parseColumns)
    .option('--ignore <columns>', 'columns that take no part', parseColumns)
    .option('--split <column>', 'column that says train, validation or test')
    .option('--validation <file|none>', 'a second file with validation rows, or none')
    .addOption(new Option('--head <kind>', 'the model').choices(['auto', 'logistic', 'softmax']).default('auto'))
    .option('--l2 <number|auto>', 'λ of the objective; auto: by leave-one-out loss', parseL2, 'auto')
    .option('--no-intercept', 'fit without an intercept')
    .option('--no-standardize', 'leave numbers as they are')
    .addOption(
      new Option('--backend <name>', 'what computes').choices(['auto', 'native', 'wasm', 'float64']).default('auto'),
    )
    .option('--seed <number>', 'draws the validation rows', parseCount, 7)
    .option('--threshold <share>', 'suspicion from which a row is listed for removal', parseShare, 0.5)
    .option('--top <count>', 'list this many of the most suspicious rows instead', parseCount)
    .option('--include-validation', 'list suspects among validation and test rows too')
    .option('--project <dir>', 'keep the project here (a folder named ….assay), to open it in the window')
    .option('--json', 'print the summary as JSON')
    .action(async (data: string, options) => runAuditCommand(data, options, installation));

  program
    .command('export')
    .description('write the files of an audited project')
    .requiredOption('--project <dir>', 'the project folder')
    .requiredOption('--out <dir>', 'folder for the results')
    .option(
      '--format <names>',
      'files to write: removal_list, cleaned, relabelled, scores, separated by commas',
      parseColumns,
    )
    .option('--threshold <share>', 'remove by suspicion instead of by decisions', parseShare)
    .option('--top <count>', 'remove this many of the most suspicious rows instead', parseCount)
    .option('--include-validation', 'also remove suspects among validation and test rows')
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
      process.stderr.write('assay: cancelled; nothing was written\n');
      return 130;
    }
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`assay: ${message}\n`);
    if (!(error instanceof AssayError) || error.code === 'bug') {
      process.stderr.write('This is a fault of Assay, not of your data. ASSAY_DEBUG=1 prints where it happened.\n');
      if (process.env['ASSAY_DEBUG'] === '1' && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
    }
    return error instanceof InputError ? 2 : 1;
  }
}

void main().then((code) => {
  process.exitCode = code;
});
