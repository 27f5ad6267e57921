import { type Command, Option } from 'commander';
import { InputError } from '../core/base/errors';
import { formatPlural } from '../core/base/format';
import type { ValidationLabels } from '../core/influence/measurements/validationLabels';
import type { RidgeConvention } from '../core/influence/removal/removalTypes';
import type { InfluentialSubset, SubsetEffect, SubsetMethod } from '../core/influence/subsets/influentialSubset';
import { describeLabelsDisagree } from '../core/review/labelsDisagree';
import type { SubsetQuestion } from '../core/study/subsetStudy';
import { flipJson, flipLines } from './flipReport';
import type { Installation } from './installation';
import { measureHelp, parseMeasure, resolveMeasures } from './measures';
import { describeRidgeConvention, parsePath, parsePositiveCount, withRidgeConvention } from './parseOptions';
import { withSourceOptions } from './sourceOptions';
import { printResult } from './terminal';
import { formatChange, formatFigure } from './textTable';
import { listRows, trustLines } from './trustLines';
import { validationLabelLines, withValidationLabels } from './validationLabels';
import { type SourceOptions, withSource } from './withProject';

/** As the literature calls them; the engine's names are shorter. */
const subsetMethodNames: Readonly<Record<string, SubsetMethod>> = {
  'greedy-if': 'if',
  'greedy-rif': 'rif',
  adaptive: 'adaptive',
  dinkelbach: 'fractional',
};

interface SubsetCommandOptions extends SourceOptions {
  readonly size?: number;
  readonly measure: string;
  readonly direction: 'raise' | 'lower';
  readonly method: string;
  readonly flip?: string;
  readonly limit?: number;
  readonly verify?: boolean;
  readonly ridgeConvention: RidgeConvention;
  readonly json?: boolean;
}

/** Adds `assay subset`. */
export function addSubsetCommand(program: Command, installation: Installation): void {
  const subset = program
    .command('subset')
    .description('find the set of training rows whose removal moves a measurement most, or flips a prediction')
    .argument(
      '[data]',
      'CSV, TSV or other delimited text, or a folder of pictures or texts; or --project instead',
      parsePath,
    )
    .option('--project <dir>', 'an audited project: its fitted model is studied', parsePath)
    .option('--size <count>', 'rows in the set', parsePositiveCount)
    .addOption(
      new Option('--measure <measure>', 'what the set should move (see below)')
        .default('validation_loss')
        .conflicts('flip'),
    )
    .addOption(
      new Option('--direction <way>', 'which way').choices(['raise', 'lower']).default('lower').conflicts('flip'),
    )
    .addOption(
      new Option('--method <name>', 'how rows are chosen; with --flip adaptive or greedy-rif')
        .choices(Object.keys(subsetMethodNames))
        .default('adaptive'),
    )
    .option('--flip <row>', 'instead: the smallest set that changes the prediction of this row (its id, or its number)')
    .addOption(
      new Option(
        '--limit <count>',
        'with --flip: the largest set to try (default: 1000, or a tenth of the training rows where that is more)',
      )
        .argParser(parsePositiveCount)
        .conflicts('size'),
    )
    .option('--verify', 'retrain without the set as well (--flip always does)');
  withValidationLabels(withRidgeConvention(withSourceOptions(subset, 'study')), 'study')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
${measureHelp}
Accuracies have no gradient to choose rows by.
Methods: greedy-if and greedy-rif take the rows with the largest single effects;
adaptive takes them one after the other with Newton updates; dinkelbach is the
best of all sets for the linear-fractional effect.`,
    )
    .action(async (data: string | undefined, options: SubsetCommandOptions) =>
      runSubsetCommand(data, options, installation),
    );
}

/** `assay subset`: the most influential set of a size, or the smallest that flips a prediction. */
async function runSubsetCommand(
  data: string | undefined,
  options: SubsetCommandOptions,
  installation: Installation,
): Promise<void> {
  const { size, flip } = options;
  if ((size === undefined) === (flip === undefined)) {
    throw new InputError('Say what to look for: either --size K or --flip ROW.');
  }
  if (flip !== undefined && options.ridgeConvention !== 'fixed') {
    throw new InputError('--flip looks for its set with --ridge-convention fixed only.');
  }
  if (flip !== undefined && !['adaptive', 'greedy-rif'].includes(options.method)) {
    throw new InputError(`--flip looks for its set by --method adaptive or greedy-rif, not ${options.method}.`);
  }
  const measure = parseMeasure(options.measure);
  await withSource(data, options, installation, async ({ project, study, progress }) => {
    let classes: readonly string[] = [];
    const { answer, head } = await study('subset', async (headData): Promise<SubsetQuestion> => {
      classes = headData.classes;
      if (flip !== undefined) {
        const ranking = options.method === 'adaptive' ? 'adaptive' : 'rif';
        return { kind: 'flip', row: await project.rows.find(flip, '--flip'), ranking, limit: options.limit };
      }
      const [measurement] = await resolveMeasures([measure], project, headData);
      return {
        kind: 'influential',
        measurement,
        size: size ?? 0,
        direction: options.direction,
        method: subsetMethodNames[options.method],
        verify: options.verify === true,
        ridgeConvention: options.ridgeConvention,
      };
    });
    progress.clear();
    if (answer.kind === 'flip') {
      printResult(options, flipJson(answer.flip, classes), () =>
        [...flipLines(answer.flip, classes), ...trustLines(answer.flip.trust)].join('\n'),
      );
    } else {
      const facts = { ...options, validationLabels: head.validationLabels, judged: data === undefined };
      printResult(options, subsetJson(answer.subset, facts), () => reportSubset(answer.subset, facts));
    }
  });
}

/** What was asked, and of what. */
interface SubsetFacts extends Pick<SubsetCommandOptions, 'method' | 'direction' | 'ridgeConvention'> {
  readonly validationLabels: ValidationLabels;
  /** An audit has judged the labels. */
  readonly judged: boolean;
}

function subsetJson(subset: InfluentialSubset, options: SubsetFacts): Record<string, unknown> {
  const { rows, predicted, actual, measurement, value, given, newtonMissing, optimality, trust } = subset;
  return {
    method: options.method,
    direction: options.direction,
    ridgeConvention: options.ridgeConvention,
    validationLabels: options.validationLabels,
    measurement,
    before: value,
    predicted,
    actual,
    given: given && {
      measurement: given.measurement,
      before: given.value,
      predicted: given.predicted,
      actual: given.actual,
    },
    rows: [...rows],
    newtonMissing,
    optimality,
    trust: trust.sentences,
  };
}

function reportSubset(subset: InfluentialSubset, options: SubsetFacts): string {
  const { rows, measurement, given, newtonMissing, optimality, trust } = subset;
  return [
    `${formatPlural(rows.length, 'row')} whose removal should ${options.direction} ${measurement} most (${options.method})`,
    `rows        ${listRows(rows)}`,
    ...effectLines(subset),
    ...(given === null ? [] : ['by the given labels', ...effectLines(given), ...compareWithGiven(subset, given)]),
    ...validationLabelLines([measurement], options.validationLabels, options.judged),
    ...(newtonMissing === null ? [] : [`! ${newtonMissing}`]),
    optimality,
    ...describeRidgeConvention(options.ridgeConvention),
    ...trustLines(trust),
  ].join('\n');
}

/** By retraining where it was asked for, else as the Newton step or RIF predicts. */
function compareWithGiven({ measurement, ...taken }: InfluentialSubset, given: SubsetEffect): string[] {
  const change = changeOf(taken);
  if (!(change * changeOf(given) < 0)) return [];
  const name = `the ${measurement.replace(/_/g, ' ')}`;
  return [`! ${describeLabelsDisagree({ what: 'the removal', measurement: name, change, beyondChance: false })}`];
}

function changeOf({ actual, predicted }: Pick<SubsetEffect, 'actual' | 'predicted'>): number {
  return actual ?? predicted.newton ?? predicted.rif;
}

function effectLines({
  value,
  predicted,
  actual,
}: Pick<InfluentialSubset, 'value' | 'predicted' | 'actual'>): string[] {
  return [
    `before      ${formatFigure(value)}`,
    `predicted   IF ${formatChange(predicted.if)}, RIF ${formatChange(predicted.rif)}, Newton ${formatChange(predicted.newton)}`,
    actual === null ? 'retrained   not asked for (--verify)' : `retrained   ${formatChange(actual)}`,
  ];
}
