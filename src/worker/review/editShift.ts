import type { EditKind, EditShift, MovedRow } from '../../contract/editShift';
import { mostMovedRows } from '../../contract/editShift';
import { NumericalError } from '../../core/base/errors';
import { finiteOrNull } from '../../core/base/format';
import type { MovedRow as MovedNumbers } from '../../core/influence/measurements/shiftOnSet';
import type { RowLabels } from '../../core/models/headKind';
import type { RowReview } from '../../core/review/decisions';
import type { EditShift as EstimatedShift, EditShiftRequest } from '../../core/session/sessionTypes';
import type { ComputeClient } from '../compute/thread/computeClient';
import type { ProjectStore } from '../store/projectStore';
import type { SessionFacts } from './sessionFacts';

/** Rows to give other labels, and how many would keep theirs. */
interface NewLabels {
  readonly rows: Int32Array;
  /** Class numbers; numbers of a numeric column. */
  readonly labels: RowLabels;
  readonly sameLabel: number;
}

/**
 * What labelled training rows would be relabelled to: as decided, where that was decided, else as the audit suggests.
 * Rows decided to be kept, and those without another label, keep theirs.
 */
export function chooseNewLabels(
  training: readonly number[],
  { classes, labels }: Pick<SessionFacts, 'classes' | 'labels'>,
  suggestions: Int32Array | Float64Array,
  reviews: ReadonlyMap<number, RowReview>,
): NewLabels {
  const rows: number[] = [];
  const chosen: number[] = [];
  for (const row of training) {
    const decision = reviews.get(row)?.decision ?? null;
    if (decision?.kind === 'keep') continue;
    const label = decision?.kind === 'relabel' ? readLabel(decision.label, classes) : suggestions[row];
    // A label that is no class of this head cannot be learnt by it.
    if (label === labels[row] || !(classes.length === 0 ? Number.isFinite(label) : label >= 0)) continue;
    rows.push(row);
    chosen.push(label);
  }
  return {
    rows: Int32Array.from(rows),
    labels: classes.length === 0 ? Float64Array.from(chosen) : Int32Array.from(chosen),
    sameLabel: training.length - rows.length,
  };
}

function readLabel(text: string, classes: readonly string[]): number {
  return classes.length === 0 ? Number(text) : classes.indexOf(text.trim());
}

interface ShiftQuestion {
  readonly edit: EditKind;
  /** Labelled training rows. */
  readonly training: readonly number[];
  readonly otherRows: number;
  /** Newton steps on sets are not solved: the head has too many parameters. */
  readonly withoutNewton: boolean;
  readonly needOpen: () => void;
}

/** Answers `review.editShift` from an opened session. One or two questions to the compute thread, two for the rows. */
export async function askEditShift(
  store: ProjectStore,
  compute: ComputeClient,
  facts: SessionFacts,
  question: ShiftQuestion,
): Promise<EditShift> {
  const { edit, training, otherRows, needOpen } = question;
  const base = { edit, otherRows, sameLabel: 0, editedRows: 0, validationLabels: facts.validationLabels };
  const nothing = { ...base, method: null, before: null, after: null, classes: [], movedRows: 0, moved: [] };
  if (facts.validationRows === 0) {
    return {
      ...nothing,
      note: 'There are no validation rows to measure an effect on. Audit again with a validation split.',
    };
  }
  let asked = training.length;
  let sameLabel = 0;
  const ask = async (request: EditShiftRequest['edit']): Promise<EstimatedShift> => {
    needOpen();
    return compute.ask('estimateEditShift', { edit: request, limit: mostMovedRows });
  };
  let estimate: (() => Promise<EstimatedShift>)[];
  if (edit === 'relabel') {
    const chosen = chooseNewLabels(training, facts, await store.review.readSuggestions(), store.decisions.state.rows);
    asked = chosen.rows.length;
    sameLabel = chosen.sameLabel;
    estimate = [() => ask({ kind: 'relabel', rows: chosen.rows, labels: chosen.labels })];
  } else {
    const rows = Int32Array.from(training);
    const methods = question.withoutNewton ? (['rif'] as const) : (['newton', 'rif'] as const);
    estimate = methods.map((method) => () => ask({ kind: 'remove', rows, method }));
  }
  if (asked === 0) return { ...nothing, sameLabel, note: '' };
  const notes: string[] = [];
  for (const one of estimate) {
    try {
      const found = await one();
      return { ...base, sameLabel, ...(await describe(store, facts, found)), note: notes.join(' ') };
    } catch (error) {
      if (!(error instanceof NumericalError)) throw error;
      notes.push(error.message);
    }
  }
  return { ...nothing, sameLabel, note: notes.join(' ') };
}

async function describe(
  store: ProjectStore,
  facts: SessionFacts,
  { method, trainRows, validation, shift }: EstimatedShift,
): Promise<Pick<EditShift, 'method' | 'editedRows' | 'before' | 'after' | 'classes' | 'movedRows' | 'moved'>> {
  const labelOf = (label: number): string =>
    facts.classes.length === 0 ? formatNumber(label) : (facts.classes[label] ?? '');
  return {
    method: method === 'newton' || method === 'rif' || method === 'relabel' ? method : null,
    editedRows: trainRows,
    before: validation && { loss: validation.lossBefore, accuracy: finiteOrNull(validation.accuracyBefore) },
    after: validation && {
      loss: validation.lossAfter,
      accuracy: finiteOrNull(validation.accuracyAfter),
      becameRight: validation.becameRight,
      becameWrong: validation.becameWrong,
    },
    classes: (shift?.classes ?? []).map((one) => ({ ...one, label: labelOf(one.label) })),
    movedRows: shift?.movedRows ?? 0,
    moved: await nameRows(store, facts, shift?.moved ?? [], labelOf),
  };
}

async function nameRows(
  store: ProjectStore,
  facts: Pick<SessionFacts, 'classes'>,
  moved: readonly MovedNumbers[],
  labelOf: (label: number) => string,
): Promise<MovedRow[]> {
  const rowCount = store.sources.source?.rowCount ?? 0;
  const read = await store.review.readRows(moved.map(({ row }) => row).filter((row) => row < rowCount));
  const idOf = new Map(read.map(({ row, id }) => [row, id]));
  return moved.map(({ row, label, before, after, probabilityBefore, probabilityAfter }) => ({
    row,
    // Rows of a validation file come after those of the dataset.
    id: idOf.get(row) ?? (row < rowCount ? String(row) : `row ${row - rowCount} of the validation file`),
    shown: row < rowCount,
    label: Number.isNaN(label) ? null : labelOf(label),
    before: labelOf(before),
    after: labelOf(after),
    probabilityBefore: finiteOrNull(probabilityBefore),
    probabilityAfter: finiteOrNull(probabilityAfter),
    becomes: becomes(label, before, after, facts.classes.length === 0),
  }));
}

/** Numbers become right by coming nearer to the label. */
function becomes(label: number, before: number, after: number, areNumbers: boolean): MovedRow['becomes'] {
  if (areNumbers) {
    const nearer = Math.abs(before - label) - Math.abs(after - label);
    return nearer > 0 ? 'right' : nearer < 0 ? 'wrong' : 'other';
  }
  return before === label ? 'wrong' : after === label ? 'right' : 'other';
}

function formatNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}
