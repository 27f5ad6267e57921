import { basename, dirname, extname, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { InputError } from '../core/base/errors';
import { formatCount } from '../core/base/format';
import type { EffectMethod } from '../core/influence/effects/removalCoefficients';
import { type IhvpMethod, ihvpMethods } from '../core/influence/ihvp/inverseHessian';
import type { RidgeConvention } from '../core/influence/removal/removalTypes';
import type { AttributionName, InfluenceAnswer, InfluenceQuestion } from '../core/study/influenceQuestion';
import { attributionNames } from '../core/study/influenceQuestion';
import { checkOutputs, StagedFiles } from '../worker/exports/stagedFiles';
import { addTable } from '../worker/exports/tableFile';
import { chooseNames } from './chooseNames';
import type { Installation } from './installation';
import { measureHelp, parseMeasure, resolveMeasures } from './measures';
import {
  collectMeasures,
  describeRidgeConvention,
  parseNames,
  parsePath,
  parsePositive,
  parsePositiveCount,
  withRidgeConvention,
} from './parseOptions';
import { readsOf } from './readData';
import { withSourceOptions } from './sourceOptions';
import { printResult } from './terminal';
import { terminalCell } from './terminalText';
import { alignTable, formatChange } from './textTable';
import { validationLabelLines, withValidationLabels } from './validationLabels';
import { type SourceOptions, withSource } from './withProject';

interface InfluenceCommandOptions extends SourceOptions {
  readonly out: string;
  readonly measure?: readonly string[];
  readonly method: readonly string[];
  readonly attribution?: readonly string[];
  readonly evaluated?: boolean;
  readonly ihvp: string;
  readonly ridgeConvention: RidgeConvention;
  readonly damping?: number;
  readonly rank?: number;
  readonly json?: boolean;
}

const methodNames: readonly EffectMethod[] = ['if', 'rif'];
/** Those that read `--rank`. */
const rankedMethods: readonly IhvpMethod[] = ['arnoldi', 'nystroem', 'lowRank'];

/** Adds `assay influence`. */
export function addInfluenceCommand(program: Command, installation: Installation): void {
  const influence = program
    .command('influence')
    .description('write what removing each training row would do to any measurements, one line per row')
    .argument(
      '[data]',
      'CSV, TSV or other delimited text, or a folder of pictures or texts; or --project instead',
      parsePath,
    )
    .requiredOption('--out <file>', 'a file that ends in .csv or .parquet', parsePath)
    .option('--project <dir>', 'an audited project: its fitted model is studied', parsePath)
    .option(
      '--measure <measure>',
      'what is measured (see below); repeat it, or separate by commas, for several (default: validation_loss)',
      collectMeasures,
    )
    .addOption(
      new Option('--method <names>', 'if, rif or both, separated by commas')
        .argParser(parseNames)
        .default([...methodNames], methodNames.join(',')),
    )
    .option(
      '--attribution <names>',
      'also self, loo (leverage and leave-one-out loss), representer, trak, bayesian, separated by commas',
      parseNames,
    )
    .addOption(
      new Option('--ihvp <method>', 'how the inverse Hessian is applied; auto: exact where that is affordable')
        .choices(['auto', ...ihvpMethods])
        .default('auto'),
    )
    .option('--damping <number>', 'with --ihvp: added to the Hessian for the solve only', parsePositive)
    .option('--rank <count>', 'with --ihvp arnoldi, nystroem or lowRank: directions kept', parsePositiveCount)
    .option('--evaluated', 'the change at the moved parameters instead of the linear one; slow for means over rows');
  withValidationLabels(withRidgeConvention(withSourceOptions(influence, 'study')), 'study')
    .option('--json', 'print what was written as JSON')
    .addHelpText(
      'after',
      `
${measureHelp}
Rows are numbered from 0. Values are positive where removing the row raises the
measurement.`,
    )
    .action(async (data: string | undefined, options: InfluenceCommandOptions) =>
      runInfluenceCommand(data, options, installation),
    );
}

/** `assay influence`: one line per training row, one column per measurement and method, to CSV or Parquet. */
async function runInfluenceCommand(
  data: string | undefined,
  options: InfluenceCommandOptions,
  installation: Installation,
): Promise<void> {
  const out = resolve(options.out);
  const format = extname(out).toLowerCase();
  if (format !== '.csv' && format !== '.parquet') {
    throw new InputError(`--out: ${basename(out)} should end in .csv or .parquet, which says how it is written.`);
  }
  const measures = (options.measure ?? ['validation_loss']).map(parseMeasure);
  const methods = chooseNames(options.method, methodNames, '--method');
  const attributions: AttributionName[] = chooseNames(options.attribution ?? [], attributionNames, '--attribution');
  if (methods.length + attributions.length === 0) throw new InputError('Name a --method or an --attribution.');
  const ihvp = chooseInverse(options);
  const output = { fileNames: [basename(out)], overwrite: options.overwrite === true };
  await checkOutputs(dirname(out), { ...output, reads: readsOf(data, options) });
  await withSource(data, options, installation, async ({ project, study, progress }) => {
    const { answer, head: studied } = await study('influence', async (headData) => ({
      measurements: await resolveMeasures(measures, project, headData),
      methods,
      attributions,
      evaluated: options.evaluated === true,
      seed: options.seed,
      ihvp,
      ridgeConvention: options.ridgeConvention,
    }));
    const ids = await project.rows.readIds();
    await StagedFiles.write(dirname(out), { ...output, reads: readsOf(data, options, project) }, async (staged) => {
      await addTable(staged, basename(out), [
        { name: 'row', kind: 'integer', values: answer.rows },
        { name: 'id', kind: 'text', values: Array.from(answer.rows, (row) => ids?.[row] ?? '') },
        ...answer.columns.map(({ name, values }) => ({ name, kind: 'number' as const, values })),
      ]);
    });
    progress.clear();
    const facts = {
      file: out,
      rows: answer.rows.length,
      columns: answer.columns.map(({ name }) => name),
      ridgeConvention: options.ridgeConvention,
      validationLabels: studied.validationLabels,
      notes: answer.notes,
      head: { kind: studied.kind, features: studied.features, l2: studied.l2 },
    };
    printResult(options, facts, () =>
      [
        describe(answer, out),
        ...validationLabelLines(facts.columns, studied.validationLabels, data === undefined),
        ...describeRidgeConvention(options.ridgeConvention),
      ].join('\n'),
    );
  });
}

/** @throws InputError for a setting that the method does not read. */
function chooseInverse({ ihvp, damping, rank }: InfluenceCommandOptions): InfluenceQuestion['ihvp'] {
  if (ihvp === 'auto') {
    if (damping === undefined && rank === undefined) return undefined;
    throw new InputError('--damping and --rank belong to a method: name one with --ihvp.');
  }
  const [method] = chooseNames([ihvp], ihvpMethods, '--ihvp');
  if (rank !== undefined && !rankedMethods.includes(method)) {
    throw new InputError(`--rank: ${ihvp} keeps no directions; ${rankedMethods.join(', ')} do.`);
  }
  return { method, ...(damping === undefined ? {} : { damping }), ...(rank === undefined ? {} : { rank }) };
}

/** What was written, and for each column the rows at both ends. */
function describe({ rows, columns, notes }: InfluenceAnswer, file: string): string {
  const lines = columns.map(({ name, values }) => {
    let [least, most] = [0, 0];
    values.forEach((value, place) => {
      if (value < values[least]) least = place;
      if (value > values[most]) most = place;
    });
    return [
      name,
      `${formatChange(values[least])} (row ${rows[least]})`,
      `${formatChange(values[most])} (row ${rows[most]})`,
    ];
  });
  return [
    `written to ${terminalCell(file, 4_096)}: ${formatCount(rows.length)} training rows; positive = removing the row raises the measurement`,
    ...alignTable([['', 'lowest', 'highest'], ...lines]),
    ...notes.map((note) => `! ${note}`),
  ].join('\n');
}
