import { formatCount, formatPlural } from '../core/base/format';
import type { ExplainingSet, PredictionChange, RowPull } from '../core/influence/subsets/explainPrediction';
import type { RowLabels } from '../core/models/headKind';
import { describeRarity } from '../core/review/rarity';
import type { ExplainAnswer } from '../core/study/explainStudy';
import { describeFlippingRows, flipJson } from './flipReport';
import { terminalCell } from './terminalText';
import { alignTable, formatChange, formatFigure } from './textTable';
import { listRows, trustLines } from './trustLines';

/** What rows and classes are called. */
interface RowNames {
  readonly classes: readonly string[];
  /** Of all rows, as class numbers; −1 = unlabelled. */
  readonly labels: RowLabels;
  /** undefined where no column is the id. */
  readonly ids: readonly string[] | undefined;
}

/** Classes whose probabilities are printed for people. */
const shownClasses = 5;

/** For machines. */
export function explanationJson(answer: ExplainAnswer, names: RowNames): Record<string, unknown> {
  const { givenLabel, probabilities, trained, explanation, flip, comparison, comparedWith } = answer;
  const { row, predicted, other, goal, margin, rows, opposing, sets, smallestSet, summary, trust } = explanation;
  const { classes, labels, ids } = names;
  const changeOf = (change: PredictionChange | null): unknown =>
    change && { ...change, predicted: classes[change.predicted] };
  const pullOf = (pull: RowPull): Record<string, unknown> => ({
    row: pull.row,
    id: ids?.[pull.row] ?? null,
    label: classes[labels[pull.row]],
    if: pull.byIf,
    rif: pull.byRif,
  });
  return {
    row,
    id: ids?.[row] ?? null,
    givenLabel: classes[givenLabel] ?? null,
    trained,
    probabilities: Object.fromEntries(classes.map((name, at) => [name, probabilities[at]])),
    predicted: classes[predicted],
    other: classes[other],
    goal,
    margin,
    rows: rows.map((one) => ({
      ...pullOf(one),
      leverage: one.leverage,
      afterIf: changeOf(one.afterIf),
      afterRif: changeOf(one.afterRif),
      afterRetraining: changeOf(one.afterRetraining),
    })),
    opposing: opposing.map(pullOf),
    sets: sets.map((set) => ({
      size: set.size,
      afterIf: changeOf(set.afterIf),
      afterRif: changeOf(set.afterRif),
      afterNewton: changeOf(set.afterNewton),
      afterRetraining: changeOf(set.afterRetraining),
    })),
    smallestSet: smallestSet && [...smallestSet],
    summary,
    flip: flipJson(flip, classes),
    comparison: { ...comparison, of: comparedWith },
    trust: trust.sentences,
  };
}

/** For people. */
export function describeExplanation(answer: ExplainAnswer, names: RowNames): string {
  const { explanation, flip, comparison, comparedWith } = answer;
  const { predicted, other, goal, rows, opposing, sets, smallestSet, summary, trust } = explanation;
  const [first, second] = [quote(names, predicted), quote(names, other)];
  return [
    ...describeRow(answer, names),
    '',
    `Changes are those of the margin of ${first} over ${second}, now ${formatFigure(explanation.margin)}: negative = removing the row weakens ${first}.`,
    '',
    rows.length === 0
      ? `no training row holds ${first} up`
      : `training rows that hold ${first} up, and what is predicted without each alone (margin)`,
    ...describeRows(answer, names),
    '',
    opposing.length === 0
      ? `no training row speaks for ${second}`
      : `training rows that speak for ${second}: removing them strengthens ${first}`,
    ...describeOpposing(opposing, names),
    ...(sets.length === 0
      ? []
      : [
          '',
          `the first of the rows that hold ${first} up, removed together: what is predicted (margin)`,
          ...describeSets(sets, names),
        ]),
    '',
    summary,
    ...(smallestSet === null
      ? []
      : [
          `smallest set along this order that ${goal === 'restore' ? `makes it ${second}` : 'changes it'}: ${listRows(smallestSet)}`,
        ]),
    flip.flips
      ? `smallest flip found: without ${describeFlippingRows(flip)} it is predicted ${quote(names, flip.predictedAfter)} (retrained): ${listRows(flip.rows)}`
      : `no set of up to ${formatPlural(flip.largestTried, 'row')} was found without which another class is predicted`,
    describeRarity(comparison, comparedWith),
    `${formatCount(comparison.randomFlips)} of ${formatCount(comparison.randomSets)} random sets of ${formatPlural(comparison.setSize, 'training row')} would flip it too`,
    ...new Set([
      ...trustLines(trust, smallestSet === null ? 'the rows above' : 'the smallest set'),
      ...trustLines(flip.trust, 'the smallest flip'),
    ]),
  ].join('\n');
}

function describeRow({ givenLabel, probabilities, trained, explanation }: ExplainAnswer, names: RowNames): string[] {
  const { row, predicted } = explanation;
  const id = names.ids === undefined ? '' : ` (${terminalCell(names.ids[row])})`;
  const label = givenLabel < 0 ? 'it has no label' : `its label is ${quote(names, givenLabel)}`;
  const ranked = Array.from(probabilities.keys()).sort((a, b) => probabilities[b] - probabilities[a]);
  const shown = ranked.slice(0, shownClasses).map((at) => `${quote(names, at)} ${probabilities[at].toFixed(3)}`);
  return [
    `row ${row}${id} is predicted ${quote(names, predicted)}; ${label}${trained ? ', and the model was fitted to it' : ''}`,
    `probabilities ${shown.join(', ')}${ranked.length > shownClasses ? ', …' : ''}`,
  ];
}

function describeRows({ explanation: { rows } }: ExplainAnswer, names: RowNames): string[] {
  if (rows.length === 0) return [];
  const header = [...nameCells(names, 'row', 'id'), 'label', 'IF', 'RIF', 'leverage', 'by RIF', 'retrained'];
  return alignTable(
    [
      header,
      ...rows.map((one) => [
        ...pullCells(one, names),
        formatFigure(one.leverage),
        predictionCell(one.afterRif, names),
        predictionCell(one.afterRetraining, names),
      ]),
    ],
    nameColumns(names),
  );
}

function describeOpposing(opposing: readonly RowPull[], names: RowNames): string[] {
  if (opposing.length === 0) return [];
  const header = [...nameCells(names, 'row', 'id'), 'label', 'IF', 'RIF'];
  return alignTable([header, ...opposing.map((pull) => pullCells(pull, names))], nameColumns(names));
}

function describeSets(sets: readonly ExplainingSet[], names: RowNames): string[] {
  return alignTable([
    ['rows', 'by IF', 'by RIF', 'by Newton', 'retrained'],
    ...sets.map((set) => [
      formatCount(set.size),
      predictionCell(set.afterIf, names),
      predictionCell(set.afterRif, names),
      predictionCell(set.afterNewton, names),
      predictionCell(set.afterRetraining, names),
    ]),
  ]);
}

function pullCells({ row, byIf, byRif }: RowPull, names: RowNames): string[] {
  const label = names.classes[names.labels[row]];
  return [...nameCells(names, String(row), names.ids?.[row] ?? ''), label, formatChange(byIf), formatChange(byRif)];
}

/** The id only where there are ids. */
function nameCells({ ids }: RowNames, row: string, id: string): string[] {
  return ids === undefined ? [row] : [row, id];
}

/** Columns that stand to the left. */
function nameColumns({ ids }: RowNames): number {
  return ids === undefined ? 2 : 3;
}

/** The class that would be predicted, and the margin of what is predicted now. */
function predictionCell(change: PredictionChange | null, { classes }: RowNames): string {
  return change === null ? '–' : `${classes[change.predicted]} (${formatFigure(change.margin)})`;
}

function quote({ classes }: RowNames, label: number): string {
  return `“${terminalCell(classes[label])}”`;
}
