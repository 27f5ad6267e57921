import type { AnnotatorsReport } from '../worker/annotators/annotatorsRequest';
import type { Table } from '../worker/exports/tableFile';

/** Names of the files, and what they hold. */
export const annotatorFiles = [
  'consensus.csv',
  'relabel_first.csv',
  'annotators.csv',
  'confusions.csv',
  'agreement.csv',
  'labelled.csv',
  'summary.json',
] as const;

const texts = (name: string, values: readonly string[]): Table[number] => ({ name, kind: 'text', values: [...values] });
const numbers = (name: string, values: ArrayLike<number>): Table[number] => ({
  name,
  kind: 'number',
  values: Float64Array.from(values),
});

/** Where a class is, its name; blank where there is none. */
function named(classes: readonly string[], codes: ArrayLike<number>): string[] {
  return Array.from(codes, (code) => (code < 0 ? '' : classes[code]));
}

/** One line a row of the data, in its order. */
export function consensusTable({ result, classes }: AnnotatorsReport, ids: readonly string[] | undefined): Table {
  const { consensus, probability, labels, majority, tied, differs, expertLabel, expertProbability } = result.columns;
  const rows = consensus.length;
  const place = new Float64Array(rows);
  result.relabelOrder.forEach((row, at) => (place[row] = at + 1));
  const experts = result.expertStrength !== null;
  return [
    numbers(
      'row',
      Array.from({ length: rows }, (_, row) => row),
    ),
    ...(ids === undefined ? [] : [texts('id', ids)]),
    numbers('labels', labels),
    texts('consensus', named(classes, consensus)),
    numbers('probability', probability),
    texts('majority', named(classes, majority)),
    numbers('majority_tied', tied),
    numbers('differs', differs),
    ...(experts
      ? [texts('experts', named(classes, expertLabel)), numbers('experts_probability', expertProbability)]
      : []),
    numbers('relabel_rank', place),
  ];
}

/** The rows to label again, the most worthwhile first. */
export function relabelTable(
  { result, classes }: AnnotatorsReport,
  ids: readonly string[] | undefined,
  limit: number,
): Table {
  const order = result.relabelOrder.subarray(0, limit);
  const { consensus, probability, runnerUp, labels, gain } = result.columns;
  return [
    numbers('row', order),
    ...(ids === undefined
      ? []
      : [
          texts(
            'id',
            Array.from(order, (row) => ids[row]),
          ),
        ]),
    texts(
      'consensus',
      named(
        classes,
        Array.from(order, (row) => consensus[row]),
      ),
    ),
    numbers(
      'probability',
      Array.from(order, (row) => probability[row]),
    ),
    texts(
      'runner_up',
      named(
        classes,
        Array.from(order, (row) => runnerUp[row]),
      ),
    ),
    numbers(
      'labels',
      Array.from(order, (row) => labels[row]),
    ),
    numbers(
      'expected_bits',
      Array.from(order, (row) => gain[row]),
    ),
  ];
}

/** One line an annotator. */
export function annotatorsTable({ result, annotators }: AnnotatorsReport): Table {
  const figures = result.annotators;
  return [
    texts('annotator', annotators),
    numbers(
      'labels',
      figures.map(({ labels }) => labels),
    ),
    numbers(
      'judged',
      figures.map(({ judged }) => judged),
    ),
    numbers(
      'accuracy',
      figures.map(({ accuracy }) => accuracy),
    ),
    numbers(
      'expected_accuracy',
      figures.map(({ expectedAccuracy }) => expectedAccuracy),
    ),
    numbers(
      'agreement',
      figures.map(({ agreement }) => agreement),
    ),
  ];
}

/** One line for each annotator, true class and label; those of annotators without labels are left out. */
export function confusionsTable({ result, annotators, classes }: AnnotatorsReport): Table {
  const count = classes.length;
  const lines = annotators.flatMap((annotator, a) =>
    result.annotators[a].labels === 0
      ? []
      : classes.flatMap((truth, c) =>
          classes.map((given, g) => ({
            annotator,
            truth,
            given,
            probability: result.confusions[(a * count + g) * count + c],
          })),
        ),
  );
  return [
    texts(
      'annotator',
      lines.map(({ annotator }) => annotator),
    ),
    texts(
      'true_class',
      lines.map(({ truth }) => truth),
    ),
    texts(
      'given_label',
      lines.map(({ given }) => given),
    ),
    numbers(
      'probability',
      lines.map(({ probability }) => probability),
    ),
  ];
}

/** One line for each two annotators with rows in common. */
export function agreementTable({ result, annotators }: AnnotatorsReport): Table {
  const { pairs } = result;
  return [
    texts(
      'annotator',
      pairs.map(({ first }) => annotators[first]),
    ),
    texts(
      'other',
      pairs.map(({ second }) => annotators[second]),
    ),
    numbers(
      'rows',
      pairs.map(({ rows }) => rows),
    ),
    numbers(
      'share',
      pairs.map(({ share }) => share),
    ),
    numbers(
      'kappa',
      pairs.map(({ kappa }) => kappa),
    ),
  ];
}
