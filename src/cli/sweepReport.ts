import { finiteOrNull, formatCount, formatPlural } from '../core/base/format';
import type { StudiedHead } from '../core/study/runStudy';
import { predictionMethods } from '../core/validation/compareSets';
import { fidelityMeasurements } from '../core/validation/measureRemovals';
import type { SweepPoint, SweepResult, SweptQuantity } from '../core/validation/runSweep';
import type { Table } from '../worker/exports/tableFile';
import { byMethod, methodTitles } from './fidelityReport';
import { terminalCell } from './terminalText';
import { alignTable, formatFigure } from './textTable';

/** What a sweep goes over, for titles and axes. */
export const sweptTitles: Readonly<Record<SweptQuantity, string>> = { l2: 'λ', rows: 'training rows / features' };

/** Errors that are shown: over all sets at once, where large changes decide, and of the set in the middle. */
export type SweepFigure = 'relativeError' | 'medianRelativeError';

/** Where a point stands on the axis: λ, or n/d. */
export function axisValue({ of, features }: SweepResult, { value, trainRows }: SweepPoint): number {
  return of === 'l2' ? value : trainRows / features;
}

/** One line per point, measurement and method; points without figures have none. */
export function sweepTable(sweep: SweepResult): Table {
  const lines = sweep.points.flatMap((point) =>
    fidelityMeasurements.flatMap((measurement) =>
      predictionMethods.flatMap((method) => {
        const agreement = point.figures?.[method][measurement];
        return agreement === undefined ? [] : [{ point, measurement, method, agreement }];
      }),
    ),
  );
  type Line = (typeof lines)[number];
  const numbers = (name: string, read: (line: Line) => number): Table[number] => ({
    name,
    kind: 'number',
    values: Float64Array.from(lines, (line) => finiteOrNull(read(line)) ?? NaN),
  });
  const texts = (name: string, read: (line: Line) => string): Table[number] => ({
    name,
    kind: 'text',
    values: lines.map(read),
  });
  return [
    numbers('l2', ({ point }) => point.l2),
    numbers('train_rows', ({ point }) => point.trainRows),
    numbers('rows_per_feature', ({ point }) => point.trainRows / sweep.features),
    texts('measurement', ({ measurement }) => measurement),
    texts('method', ({ method }) => method),
    numbers('relative_error', ({ agreement }) => agreement.relativeError),
    numbers('median_relative_error', ({ agreement }) => agreement.medianRelativeError),
    numbers('pearson', ({ agreement }) => agreement.pearson),
    numbers('spearman', ({ agreement }) => agreement.spearman),
    numbers('slope', ({ agreement }) => agreement.slope),
    numbers('pairs', ({ agreement }) => agreement.pairs),
    numbers('retrain_error', ({ point }) => point.retrainError),
  ];
}

/** `sweep-….json`: the points with what `summary.json` says of one, and what was run. */
export function sweepSummary(
  sweep: SweepResult,
  head: StudiedHead,
  run: Readonly<Record<string, string | number>>,
): Record<string, unknown> {
  return {
    sweep: sweep.of,
    points: sweep.points.map((point) => ({
      l2: point.l2,
      train_rows: point.trainRows,
      rows_per_feature: point.trainRows / sweep.features,
      ...(point.figures === null ? {} : byMethod(point.figures)),
      retrain_error: finiteOrNull(point.retrainError),
      failure: point.failure,
    })),
    removal_sets: sweep.removals,
    removed_rows: sweep.sizes,
    head: {
      kind: head.kind,
      features: head.features,
      validation_rows: sweep.validationRows,
      validation_labels: head.validationLabels,
      l2: head.l2,
    },
    rif_below_if: countBelow(sweep),
    ...run,
  };
}

/** At how many of the points that have figures RIF's error of the mean validation loss is below that of IF. */
function countBelow({ points }: SweepResult): { over_all_sets: number; of_the_median_set: number; points: number } {
  const below = (figure: SweepFigure): number =>
    points.filter(({ figures }) => {
      const [byIf, byRif] = [figures?.if.validation_loss?.[figure], figures?.rif.validation_loss?.[figure]];
      return byIf !== undefined && byRif !== undefined && byRif < byIf;
    }).length;
  return {
    over_all_sets: below('relativeError'),
    of_the_median_set: below('medianRelativeError'),
    points: points.filter(({ figures }) => figures !== null).length,
  };
}

/** The table for a terminal. */
export function describeSweep(sweep: SweepResult, head: StudiedHead, name: string): string {
  const { points, of, removals, sizes } = sweep;
  const errors = (point: SweepPoint, figure: SweepFigure): string[] =>
    predictionMethods.map((method) => formatFigure(point.figures?.[method].validation_loss?.[figure]));
  const titles = predictionMethods.map((method) => methodTitles[method]);
  const below = countBelow(sweep);
  const failures = points.flatMap(({ failure, l2, trainRows }) =>
    failure === null
      ? []
      : [`no figures at λ ${l2.toExponential(1)} with ${formatCount(trainRows)} training rows: ${failure}`],
  );
  return [
    `${terminalCell(name, 255)}: ${head.kind} head, ${formatPlural(head.features, 'feature')}, ${formatCount(sweep.validationRows)} validation rows, ` +
      (of === 'l2' ? `${formatCount(head.trainRows)} training rows` : `λ ${head.l2.toExponential(1)}`),
    `${formatCount(removals)} removal sets of ${sizes.map(formatCount).join(', ')} rows, the same at every point`,
    '',
    'error of the predicted change of the mean validation loss: ‖predicted − retrained‖ / ‖retrained‖ over the sets, then the median of single sets',
    ...alignTable([
      [of === 'l2' ? 'λ' : 'n', 'n/d', ...titles, ...titles.map((title) => `${title}, median`)],
      ...points.map((point) => [
        of === 'l2' ? point.l2.toExponential(1) : formatCount(point.trainRows),
        formatFigure(point.trainRows / sweep.features),
        ...errors(point, 'relativeError'),
        ...errors(point, 'medianRelativeError'),
      ]),
    ]),
    '',
    `RIF is nearer to retraining than IF at ${below.over_all_sets} of ${below.points} points over all sets, at ${below.of_the_median_set} by the median set`,
    ...failures,
  ].join('\n');
}
