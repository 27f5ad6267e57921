import { finiteOrNull, formatCount, formatPlural } from '../core/base/format';
import type { RemovalMethod } from '../core/influence/removal/removalTypes';
import type { StudiedHead } from '../core/study/runStudy';
import { predictionMethods } from '../core/validation/compareSets';
import type { Agreement } from '../core/validation/correlation';
import type { FidelityMeasurement, FidelityRow, FidelitySummary } from '../core/validation/measureRemovals';
import { fidelityMeasurements } from '../core/validation/measureRemovals';
import { removalStrategies, strategyDescriptions } from '../core/validation/removalStrategies';
import type { FidelityResult } from '../core/validation/runFidelity';
import type { Table } from '../worker/exports/tableFile';
import { terminalCell } from './terminalText';
import { alignTable, formatFigure } from './textTable';

export const methodTitles: Readonly<Record<RemovalMethod, string>> = { if: 'IF', rif: 'RIF', newton: 'Newton' };

/** One line per set, measurement and method. */
export function fidelityTable(rows: readonly FidelityRow[]): Table {
  const texts = (name: 'strategy' | 'measurement' | 'method'): Table[number] => ({
    name,
    kind: 'text',
    values: rows.map((row) => row[name]),
  });
  const numbers = (name: 'size' | 'predicted' | 'actual' | 'repetition' | 'share' | 'row'): Table[number] => ({
    name,
    kind: 'number',
    values: Float64Array.from(rows, (row) => finiteOrNull(row[name]) ?? NaN),
  });
  return [
    ...[texts('strategy'), numbers('size'), texts('measurement'), texts('method'), numbers('predicted')],
    ...[numbers('actual'), numbers('repetition'), numbers('share'), numbers('row')],
  ];
}

/** `summary.json`: {if|rif|newton: {measurement: figures}}, the same by strategy, and what was run. */
export function fidelitySummary(
  result: FidelityResult,
  head: StudiedHead,
  run: Readonly<Record<string, string | number>>,
): Record<string, unknown> {
  const { datamodeling } = result;
  return {
    ...byMethod(result.overall),
    by_strategy: Object.fromEntries(
      Object.entries(result.byStrategy).map(([strategy, summary]) => [strategy, byMethod(summary)]),
    ),
    lds:
      datamodeling === null
        ? null
        : {
            ...Object.fromEntries(
              predictionMethods.map((method) => [method, finiteOrNull(datamodeling.score[method])]),
            ),
            subsets: datamodeling.subsets,
            alpha: datamodeling.alpha,
            test_rows: datamodeling.testRows,
          },
    head: {
      kind: head.kind,
      features: head.features,
      parameters: head.parameters,
      train_rows: head.trainRows,
      validation_rows: head.validationRows,
      validation_labels: head.validationLabels,
      l2: head.l2,
      condition_estimate: head.conditionEstimate,
    },
    retrain_error: result.retrainError,
    ...run,
  };
}

export function byMethod(summary: FidelitySummary): Record<RemovalMethod, Record<string, unknown>> {
  const describe = (method: RemovalMethod): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(summary[method]).map(([measurement, agreement]) => [measurement, describeAgreement(agreement)]),
    );
  return { if: describe('if'), rif: describe('rif'), newton: describe('newton') };
}

function describeAgreement(agreement: Agreement): Record<string, number | null> {
  return {
    pearson: finiteOrNull(agreement.pearson),
    spearman: finiteOrNull(agreement.spearman),
    slope: finiteOrNull(agreement.slope),
    median_relative_error: finiteOrNull(agreement.medianRelativeError),
    relative_error: finiteOrNull(agreement.relativeError),
    pairs: agreement.pairs,
  };
}

/** The tables for a terminal. */
export function describeFidelity(result: FidelityResult, head: StudiedHead, name: string): string {
  const sizes = [...new Set(result.rows.map(({ size }) => size))];
  const sets = new Set(result.rows.map(({ strategy, size, repetition }) => `${strategy} ${size} ${repetition}`)).size;
  const lines = [
    `${terminalCell(name, 255)}: ${head.kind} head, ${formatCount(head.trainRows)} training and ${formatCount(head.validationRows)} validation rows, ` +
      `${formatPlural(head.features, 'feature')}, λ ${head.l2.toExponential(1)}`,
    `${formatCount(sets)} removal sets of ${sizes.map(formatCount).join(', ')} rows: predicted change against retraining`,
    '',
    ...alignTable(overallRows(result), 2),
    '',
    'change of the mean validation loss, by strategy',
    ...alignTable(strategyRows(result, 'validation_loss'), 2),
  ];
  const { datamodeling } = result;
  if (datamodeling !== null) {
    const scores = predictionMethods.map(
      (method) => `${methodTitles[method]} ${formatFigure(datamodeling.score[method])}`,
    );
    lines.push(
      '',
      `linear datamodeling score (${datamodeling.subsets} random subsets of ${100 * datamodeling.alpha} %, ${datamodeling.testRows} rows): ${scores.join(', ')}`,
    );
  }
  return lines.join('\n');
}

const figureTitles = ['pearson', 'spearman', 'slope', 'median rel. error'];

function figures(agreement: Agreement | undefined): string[] {
  return [agreement?.pearson, agreement?.spearman, agreement?.slope, agreement?.medianRelativeError].map(formatFigure);
}

function overallRows({ overall }: FidelityResult): string[][] {
  const rows = [['measurement', 'method', ...figureTitles]];
  for (const measurement of fidelityMeasurements) {
    if (overall.rif[measurement] === undefined) continue;
    for (const method of predictionMethods) {
      rows.push([measurement, methodTitles[method], ...figures(overall[method][measurement])]);
    }
  }
  return rows;
}

function strategyRows({ byStrategy }: FidelityResult, measurement: FidelityMeasurement): string[][] {
  const rows = [['rows removed', 'method', ...figureTitles]];
  for (const strategy of removalStrategies) {
    const summary = byStrategy[strategy];
    if (summary === undefined) continue;
    for (const method of predictionMethods) {
      rows.push([strategyDescriptions[strategy], methodTitles[method], ...figures(summary[method][measurement])]);
    }
  }
  return rows;
}
