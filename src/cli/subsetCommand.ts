import { InputError } from '../core/base/errors';
import type { RidgeConvention } from '../core/influence/removal/removalTypes';
import type { InfluentialSubset, SubsetMethod } from '../core/influence/subsets/influentialSubset';
import type { SubsetQuestion } from '../core/study/subsetStudy';
import { flipJson, flipLines } from './flipReport';
import type { Installation } from './installation';
import { parseMeasure, resolveMeasures } from './measures';
import { describeRidgeConvention } from './parseOptions';
import { printResult } from './terminal';
import { formatChange, formatCount, formatFigure } from './textTable';
import { listRows, trustLines } from './trustLines';
import { type SourceOptions, withSource } from './withProject';

/** As the literature calls them; the engine's names are shorter. */
export const subsetMethodNames: Readonly<Record<string, SubsetMethod>> = {
  'greedy-if': 'if',
  'greedy-rif': 'rif',
  adaptive: 'adaptive',
  dinkelbach: 'fractional',
};

export interface SubsetCommandOptions extends SourceOptions {
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

/** `assay subset`: the most influential set of a size, or the smallest that flips a prediction. */
export async function runSubsetCommand(
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
  const measure = parseMeasure(options.measure);
  await withSource(data, options, installation, async ({ project, study, progress }) => {
    let classes: readonly string[] = [];
    const { answer } = await study('subset', async (headData): Promise<SubsetQuestion> => {
      classes = headData.classes;
      if (flip !== undefined) {
        const ranking = options.method === 'adaptive' ? 'adaptive' : 'rif';
        return { kind: 'flip', row: await project.rows.find(flip), ranking, limit: options.limit };
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
      printResult(options, subsetJson(answer.subset, options), () => reportSubset(answer.subset, options));
    }
  });
}

function subsetJson(subset: InfluentialSubset, options: SubsetCommandOptions): Record<string, unknown> {
  const { rows, predicted, actual, measurement, value, newtonMissing, optimality, trust } = subset;
  return {
    method: options.method,
    direction: options.direction,
    ridgeConvention: options.ridgeConvention,
    measurement,
    before: value,
    predicted,
    actual,
    rows: [...rows],
    newtonMissing,
    optimality,
    trust: trust.sentences,
  };
}

function reportSubset(subset: InfluentialSubset, options: SubsetCommandOptions): string {
  const { rows, predicted, actual, measurement, value, newtonMissing, optimality, trust } = subset;
  return [
    `${formatCount(rows.length)} rows whose removal should ${options.direction} ${measurement} most (${options.method})`,
    `rows        ${listRows(rows)}`,
    `before      ${formatFigure(value)}`,
    `predicted   IF ${formatChange(predicted.if)}, RIF ${formatChange(predicted.rif)}, Newton ${formatChange(predicted.newton)}`,
    actual === null ? 'retrained   not asked for (--verify)' : `retrained   ${formatChange(actual)}`,
    ...(newtonMissing === null ? [] : [`! ${newtonMissing}`]),
    optimality,
    ...describeRidgeConvention(options.ridgeConvention),
    ...trustLines(trust),
  ].join('\n');
}
