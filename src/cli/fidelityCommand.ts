import { basename, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { InputError } from '../core/base/errors';
import type { RidgeConvention } from '../core/influence/removal/removalTypes';
import type { StudiedHead } from '../core/study/runStudy';
import type { RemovalRequest } from '../core/validation/measureRemovals';
import { removalStrategies } from '../core/validation/removalStrategies';
import { sweepValues } from '../core/validation/runSweep';
import { checkOutputs, StagedFiles } from '../worker/exports/stagedFiles';
import { addTable } from '../worker/exports/tableFile';
import { chooseNames } from './chooseNames';
import { drawFidelityChart } from './fidelityChart';
import { describeFidelity, fidelitySummary, fidelityTable } from './fidelityReport';
import type { Installation } from './installation';
import {
  describeRidgeConvention,
  parseCount,
  parseNames,
  parsePath,
  parsePositiveCount,
  parseShares,
  parseSweep,
  type Sweep,
  withRidgeConvention,
} from './parseOptions';
import { readsOf } from './readData';
import { withSourceOptions } from './sourceOptions';
import { drawSweepChart } from './sweepChart';
import { describeSweep, sweepSummary, sweepTable } from './sweepReport';
import { listWritten, printResult } from './terminal';
import { describeValidationLabels, withValidationLabels } from './validationLabels';
import { type SourceOptions, withSource } from './withProject';

interface FidelityCommandOptions extends SourceOptions {
  readonly out: string;
  readonly sizes?: readonly number[];
  readonly repeats: number;
  readonly margins: number;
  readonly strategies?: readonly string[];
  readonly lds: number;
  readonly sweep?: Sweep;
  readonly sweepPoints?: number;
  readonly ridgeConvention: RidgeConvention;
  readonly json?: boolean;
}

const defaultSweepPoints = 10;

const fileNames = ['fidelity.csv', 'summary.json', 'fidelity.svg'] as const;

/** Adds `assay fidelity`. */
export function addFidelityCommand(program: Command, installation: Installation): void {
  const fidelity = program
    .command('fidelity')
    .description('measure how far predictions can be trusted on a dataset: many removals, predicted against retrained')
    .argument(
      '[data]',
      'CSV, TSV or other delimited text, or a folder of pictures or texts; or --project instead',
      parsePath,
    )
    .requiredOption('--out <dir>', 'folder for fidelity.csv, summary.json and fidelity.svg', parsePath)
    .option('--project <dir>', 'an audited project: its fitted model is studied', parsePath);
  withValidationLabels(withRidgeConvention(withSourceOptions(fidelity, 'study')), 'study')
    .option('--sizes <shares>', 'shares of the training rows to remove (default: 0.1 % to 5 %)', parseShares)
    .option('--repeats <count>', 'removal sets for each strategy and size', parsePositiveCount, 5)
    .option('--strategies <names>', 'of random, feature, distance, loss (default: all)', parseNames)
    .option('--margins <count>', 'validation rows whose margin is measured', parseCount, 5)
    .option('--lds <count>', 'random halves for the linear datamodeling score; 0 = leave it out', parseCount, 20)
    .addOption(
      new Option(
        '--sweep <what=from..to>',
        'instead: the errors over λ (l2=1e-6..1) or over the share of the training rows (rows=0.1..1); sweep-l2.csv, .json, .svg',
      )
        .argParser(parseSweep)
        .conflicts('lds'),
    )
    .option('--sweep-points <count>', 'values of a sweep, in equal ratios (default: 10)', parsePositiveCount)
    .option('--json', 'print the summary as JSON')
    .addHelpText(
      'after',
      `
Rows are removed at random, by nearness to a random row in one feature or in
all, and by highest loss. For each set the change of the mean validation loss,
accuracy, training loss and some margins is predicted by IF, RIF and the Newton
step, and found by retraining. --head ridge studies a numeric label. A sweep
removes the same sets at every point; a sweep over the rows takes them from the
smallest sample, so that only n changes.`,
    )
    .action(async (data: string | undefined, options: FidelityCommandOptions) =>
      runFidelityCommand(data, options, installation),
    );
}

/**
 * `assay fidelity`: predicted against retrained over many removal sets; a table, a summary and a chart into `--out`.
 */
async function runFidelityCommand(
  data: string | undefined,
  options: FidelityCommandOptions,
  installation: Installation,
): Promise<void> {
  const strategies = chooseNames(options.strategies ?? removalStrategies, removalStrategies, '--strategies');
  const removals: RemovalRequest = {
    seed: options.seed,
    strategies,
    repetitions: options.repeats,
    margins: options.margins,
    ridgeConvention: options.ridgeConvention,
    ...(options.sizes === undefined ? {} : { shares: options.sizes }),
  };
  if (options.sweep !== undefined) return writeSweep(data, options, installation, options.sweep, removals);
  if (options.sweepPoints !== undefined) throw new InputError('--sweep-points belongs to --sweep.');
  if (options.lds > 0 && options.lds < 3) throw new InputError('--lds: at least 3 subsets are needed, or 0 for none.');
  const out = resolve(options.out);
  const output = { fileNames, overwrite: options.overwrite === true };
  await checkOutputs(out, { ...output, reads: readsOf(data, options) });
  await withSource(data, options, installation, async ({ project, study, progress }) => {
    const { answer, head: studied } = await study('fidelity', () => ({ ...removals, datamodelSubsets: options.lds }));
    const name = data === undefined ? project.describe().name : basename(data);
    const summary = fidelitySummary(answer, studied, {
      data: name,
      seed: options.seed,
      repetitions: options.repeats,
      ridge_convention: options.ridgeConvention,
    });
    await StagedFiles.write(out, { ...output, reads: readsOf(data, options, project) }, async (staged) => {
      await addTable(staged, 'fidelity.csv', fidelityTable(answer.rows));
      await staged.add('summary.json', (writer) => writer.write(`${JSON.stringify(summary, null, 2)}\n`));
      const chart = { measurement: 'validation_loss', data: name, head: studied.kind } as const;
      await staged.add('fidelity.svg', (writer) => writer.write(drawFidelityChart(answer, chart)));
    });
    progress.clear();
    const convention = describeRidgeConvention(options.ridgeConvention);
    const labels = labelLines(studied, data);
    printResult(options, { ...summary, files: fileNames }, () =>
      [describeFidelity(answer, studied, name), ...labels, ...convention, listWritten(out, fileNames)].join('\n'),
    );
  });
}

/** `--sweep`: errors over λ or n/d as a table, a summary and a chart. */
async function writeSweep(
  data: string | undefined,
  options: FidelityCommandOptions,
  installation: Installation,
  sweep: Sweep,
  removals: RemovalRequest,
): Promise<void> {
  const request = { ...removals, ...sweep, points: options.sweepPoints ?? defaultSweepPoints };
  sweepValues(request);
  const out = resolve(options.out);
  const names = ['csv', 'json', 'svg'].map((kind) => `sweep-${sweep.of}.${kind}`);
  const [tableName, summaryName, chartName] = names;
  const output = { fileNames: names, overwrite: options.overwrite === true };
  await checkOutputs(out, { ...output, reads: readsOf(data, options) });
  await withSource(data, options, installation, async ({ project, study, progress }) => {
    const { answer, head } = await study('sweep', () => request);
    const name = data === undefined ? project.describe().name : basename(data);
    const summary = sweepSummary(answer, head, {
      data: name,
      seed: options.seed,
      repetitions: options.repeats,
      ridge_convention: options.ridgeConvention,
    });
    await StagedFiles.write(out, { ...output, reads: readsOf(data, options, project) }, async (staged) => {
      await addTable(staged, tableName, sweepTable(answer));
      await staged.add(summaryName, (writer) => writer.write(`${JSON.stringify(summary, null, 2)}\n`));
      const chart = drawSweepChart(answer, { data: name, head: head.kind });
      await staged.add(chartName, (writer) => writer.write(chart));
    });
    progress.clear();
    const convention = describeRidgeConvention(options.ridgeConvention);
    const labels = labelLines(head, data);
    printResult(options, { ...summary, files: names }, () =>
      [describeSweep(answer, head, name), ...labels, ...convention, listWritten(out, names)].join('\n'),
    );
  });
}

/** How validation labels are taken, where there are any. */
function labelLines(
  { validationRows, validationLabels }: Pick<StudiedHead, 'validationRows' | 'validationLabels'>,
  data: string | undefined,
): string[] {
  return validationRows === 0 ? [] : [describeValidationLabels(validationLabels, data === undefined)];
}
