import { finiteOrNull, formatCount, formatPlural } from '../core/base/format';
import type { AnnotatorsReport } from '../worker/annotators/annotatorsRequest';
import { terminalCell } from './terminalText';
import { alignTable, formatFigure } from './textTable';

/** Annotators and rows shown on a terminal; the files have all of them. */
const shownAnnotators = 20;
const shownRows = 5;

/** What is said of a consensus besides its tables, by the names of summary.json. */
export function annotatorsSummary(report: AnnotatorsReport): Record<string, unknown> {
  const { result, classes, annotators, features } = report;
  const { columns, agreement, pairs } = result;
  return {
    rows: columns.labels.length,
    labels: result.annotators.reduce((sum, { labels }) => sum + labels, 0),
    rows_without_labels: countOf(columns.labels, (count) => count === 0),
    rows_with_one_label: countOf(columns.labels, (count) => count === 1),
    classes,
    majority_ties: countOf(columns.tied, (tied) => tied === 1),
    differs_from_majority: countOf(columns.differs, (differs) => differs === 1),
    expected_errors: columns.probability.reduce((sum, p) => (Number.isNaN(p) ? sum : sum + 1 - p), 0),
    agreement: {
      rows: agreement.rows,
      share: finiteOrNull(agreement.share),
      fleiss_kappa: finiteOrNull(agreement.fleissKappa),
      krippendorff_alpha: finiteOrNull(agreement.krippendorffAlpha),
      pairs: pairs.length,
    },
    experts: {
      features,
      strength: result.expertStrength,
      left_out: result.expertsLeftOut === '' ? null : result.expertsLeftOut,
    },
    passes: result.passes,
    annotators: annotators.map((name, a) => {
      const { labels, judged, accuracy, expectedAccuracy, agreement: agrees } = result.annotators[a];
      return {
        annotator: name,
        labels,
        judged,
        accuracy: finiteOrNull(accuracy),
        expected_accuracy: finiteOrNull(expectedAccuracy),
        agreement: finiteOrNull(agrees),
      };
    }),
    warnings: report.warnings,
  };
}

function countOf(values: ArrayLike<number>, test: (value: number) => boolean): number {
  return Array.from(values).reduce((count, value) => count + Number(test(value)), 0);
}

/** For a terminal. */
export function describeAnnotators(report: AnnotatorsReport, ids: readonly string[] | undefined): string {
  const { result, classes, annotators } = report;
  const { columns, agreement } = result;
  const labels = result.annotators.reduce((sum, own) => sum + own.labels, 0);
  const unlabelled = countOf(columns.labels, (count) => count === 0);
  const expected = columns.probability.reduce((sum, p) => (Number.isNaN(p) ? sum : sum + 1 - p), 0);
  const nameOf = (row: number): string => (ids === undefined ? `row ${row}` : terminalCell(ids[row]));
  const className = (code: number): string => (code < 0 ? '–' : terminalCell(classes[code]));
  const order = [...result.annotators.keys()].sort(
    (a, b) => (finiteOrNull(result.annotators[a].accuracy) ?? 2) - (finiteOrNull(result.annotators[b].accuracy) ?? 2),
  );
  const left = order.length - shownAnnotators;
  return [
    `${formatPlural(labels, 'label')} of ${formatPlural(annotators.length, 'annotator')} for ${formatPlural(columns.labels.length - unlabelled, 'row')}, ${formatPlural(classes.length, 'class', 'classes')}` +
      (unlabelled === 0 ? '' : `; ${formatPlural(unlabelled, 'row has', 'rows have')} no label`),
    describeExperts(report),
    `agreement  ${formatFigure(agreement.share)} of pairs over ${formatPlural(agreement.rows, 'row')} with two labels or more; Fleiss' κ ${formatFigure(agreement.fleissKappa)}, Krippendorff's α ${formatFigure(agreement.krippendorffAlpha)}`,
    `consensus  differs from the majority in ${formatPlural(
      countOf(columns.differs, (differs) => differs === 1),
      'row',
    )}; about ${formatPlural(Math.round(expected), 'row')} of it expected to be wrong`,
    '',
    'annotators by their accuracy against the consensus of the others, the worst first',
    ...alignTable([
      ['annotator', 'labels', 'accuracy', 'with own', 'agreement'],
      ...order.slice(0, shownAnnotators).map((a) => {
        const own = result.annotators[a];
        return [
          annotators[a],
          formatCount(own.labels),
          formatFigure(own.accuracy),
          formatFigure(own.expectedAccuracy),
          formatFigure(own.agreement),
        ];
      }),
    ]),
    ...(left > 0 ? [`… and ${formatCount(left)} more in annotators.csv`] : []),
    '',
    'to label again first',
    ...alignTable(
      [...result.relabelOrder.subarray(0, shownRows)].map((row) => [
        nameOf(row),
        `${className(columns.consensus[row])} or ${className(columns.runnerUp[row])}`,
        formatFigure(columns.probability[row]),
        formatPlural(columns.labels[row], 'label'),
      ]),
      2,
    ),
  ].join('\n');
}

function describeExperts({ result, features }: AnnotatorsReport): string {
  if (result.expertStrength !== null) {
    return `experts    on ${formatPlural(features, 'feature')}, strength ${formatFigure(result.expertStrength)}`;
  }
  if (result.expertsLeftOut !== '') return `experts    left out: ${terminalCell(result.expertsLeftOut, 400)}`;
  return 'experts    none: the consensus is of the labels alone';
}
