import type { OnBlock } from '../../linalg/linearAlgebra';
import { lossOfLogits, parametersAsColumns } from '../../models/evaluateHead';
import type { HeadProblem } from '../../models/headProblem';
import { predictedClass } from './effectsOnSet';
import { lossChange } from './lossChange';
import type { MeasuredLabels } from './measuredLabels';
import { likelierLabel } from './measuredLabels';
import type { RowSet } from './rowSet';

/** Rows visited between two questions whether to go on. */
const rowsPerReport = 4_096;

/** What a change of θ does to the rows of one class. Labels that are two halves count in both classes. */
interface ClassShift {
  /** Class number. */
  readonly label: number;
  /** Rows that are taken to be of the class. */
  readonly rows: number;
  /** Mean loss of its labels, by their weights; NaN where none has any. */
  readonly lossBefore: number;
  readonly lossAfter: number;
  /** lossAfter − lossBefore, without cancellation. */
  readonly lossChange: number;
  /** Share of its labels that are predicted, by their weights: the class's recall, 0 … 1. */
  readonly rightBefore: number;
  readonly rightAfter: number;
}

/** A row whose predicted class changes; of a ridge head, one whose predicted number moves most. */
export interface MovedRow {
  readonly row: number;
  /** The label it is taken to have; NaN where neither of two has half of its weight. */
  readonly label: number;
  /** Predicted class, or number. */
  readonly before: number;
  readonly after: number;
  /** Probability of `label`; NaN for a ridge head, or without one. */
  readonly probabilityBefore: number;
  readonly probabilityAfter: number;
}

/** What a change of θ does to a set, class by class and row by row. */
export interface SetShift {
  /** In the order of the classes, those without a row left out; none for a ridge head. */
  readonly classes: readonly ClassShift[];
  /** Rows that change; of a ridge head all. */
  readonly movedRows: number;
  /** The first of them: wrong from then on, then right, then others, by how far they move; ridge: by that alone. */
  readonly moved: readonly MovedRow[];
}

/** The head at θ̂. */
interface ShiftedHead {
  readonly problem: Pick<HeadProblem, 'kind' | 'outputs' | 'classes'>;
  /** n×K at θ̂, by row number. */
  readonly logits: Float64Array;
}

/**
 * What θ̂ → θ̂ + Δ (`change`, p numbers) does to the classes and rows of a set, its labels taken as `labels` says; at
 * most `limit` rows are named. The classes' changes of loss, by their weights, add up to that of the set
 * (`effectsOnSet`). One pass, O(|set|·d·K).
 */
export function shiftOnSet(
  head: ShiftedHead,
  labels: MeasuredLabels,
  set: RowSet,
  change: Float64Array,
  limit: number,
  onBlock?: OnBlock,
): SetShift {
  const { problem, logits } = head;
  const { kind, outputs } = problem;
  const sums = new ClassSums(head, labels);
  const moved: MovedRow[] = [];
  set.forEachProduct(
    parametersAsColumns(change, change.length / outputs),
    (row, products, from, place) => {
      if (place % rowsPerReport === 0) onBlock?.(place, set.rows.length);
      const own = row * outputs;
      if (kind === 'ridge') {
        const before = logits[own];
        const after = before + products[from];
        const label = likelierLabel(labels, row);
        moved.push({ row, label, before, after, probabilityBefore: Number.NaN, probabilityAfter: Number.NaN });
        return;
      }
      const before = predictedClass(problem, logits, own, undefined, 0);
      const after = predictedClass(problem, logits, own, products, from);
      sums.add(row, products, from, before, after);
      if (before !== after) moved.push({ ...probabilityOf(head, labels, row, products, from), before, after });
    },
    onBlock,
  );
  const ordered = moved.sort((a, b) => orderOf(a) - orderOf(b) || distanceOf(b) - distanceOf(a) || a.row - b.row);
  return { classes: sums.classes(), movedRows: moved.length, moved: ordered.slice(0, limit) };
}

function probabilityOf(
  { problem, logits }: ShiftedHead,
  labels: MeasuredLabels,
  row: number,
  products: Float64Array,
  from: number,
): Pick<MovedRow, 'row' | 'label' | 'probabilityBefore' | 'probabilityAfter'> {
  const label = likelierLabel(labels, row);
  if (!(label >= 0)) return { row, label: Number.NaN, probabilityBefore: Number.NaN, probabilityAfter: Number.NaN };
  const own = row * problem.outputs;
  const loss = lossOfLogits(problem, logits, own, label);
  const after = loss + lossChange(problem, logits, own, products, from, label);
  return { row, label, probabilityBefore: Math.exp(-loss), probabilityAfter: Math.exp(-after) };
}

/** Wrong from now on, right from now on, neither. */
function orderOf({ label, before, after, probabilityBefore }: MovedRow): number {
  if (Number.isNaN(probabilityBefore)) return 3;
  return before === label ? 0 : after === label ? 1 : 2;
}

function distanceOf({ before, after, probabilityBefore, probabilityAfter }: MovedRow): number {
  return Number.isNaN(probabilityBefore) ? Math.abs(after - before) : Math.abs(probabilityAfter - probabilityBefore);
}

/** Sums over the rows of a set, by the classes of their labels. */
class ClassSums {
  readonly #rows: Int32Array;
  readonly #weight: Float64Array;
  readonly #loss: Float64Array;
  readonly #change: Float64Array;
  readonly #rightBefore: Float64Array;
  readonly #rightAfter: Float64Array;

  constructor(
    readonly head: ShiftedHead,
    readonly labels: MeasuredLabels,
  ) {
    const { classes } = head.problem;
    this.#rows = new Int32Array(classes);
    this.#weight = new Float64Array(classes);
    this.#loss = new Float64Array(classes);
    this.#change = new Float64Array(classes);
    this.#rightBefore = new Float64Array(classes);
    this.#rightAfter = new Float64Array(classes);
  }

  add(row: number, products: Float64Array, from: number, before: number, after: number): void {
    const { labels, weights, second } = this.labels;
    const taken = likelierLabel(this.labels, row);
    if (taken >= 0) this.#rows[taken]++;
    this.#addLabel(row, labels[row], weights?.[row] ?? 1, products, from, before, after);
    const other = second?.weights[row] ?? 0;
    if (second !== undefined && other > 0) {
      this.#addLabel(row, second.labels[row], other, products, from, before, after);
    }
  }

  #addLabel(
    row: number,
    label: number,
    weight: number,
    products: Float64Array,
    from: number,
    before: number,
    after: number,
  ): void {
    const { problem, logits } = this.head;
    const own = row * problem.outputs;
    this.#weight[label] += weight;
    this.#loss[label] += weight * lossOfLogits(problem, logits, own, label);
    this.#change[label] += weight * lossChange(problem, logits, own, products, from, label);
    if (before === label) this.#rightBefore[label] += weight;
    if (after === label) this.#rightAfter[label] += weight;
  }

  classes(): ClassShift[] {
    return Array.from(this.#rows, (rows, label) => {
      const weight = this.#weight[label];
      const lossBefore = this.#loss[label] / weight;
      const change = this.#change[label] / weight;
      return {
        label,
        rows,
        lossBefore,
        lossAfter: lossBefore + change,
        lossChange: change,
        rightBefore: this.#rightBefore[label] / weight,
        rightAfter: this.#rightAfter[label] / weight,
      };
    }).filter(({ label, rows }) => rows > 0 && this.#weight[label] > 0);
  }
}
