import type { EditKind, EditShift } from '../../contract/editShift';
import type { Evidence, PulledRow, RemovalEffects, ReviewRow, Selection } from '../../contract/review';
import { CancelledError, InputError, NumericalError } from '../../core/base/errors';
import { finiteOrNull } from '../../core/base/format';
import { splitCodes } from '../../core/base/splitCodes';
import type { LabelledEffect, RemovalMethod } from '../../core/influence/removal/removalTypes';
import { isLabelled, type RowLabels } from '../../core/models/headKind';
import type { EditEffect, NearestRow } from '../../core/session/sessionTypes';
import { estimatesDisagree } from '../../core/validation/labelsDisagree';
import type { ComputeClient } from '../compute/thread/computeClient';
import type { ProjectStore } from '../store/projectStore';
import { decidedBeliefs, decidedLabels } from './decidedBeliefs';
import { askEditShift } from './editShift';
import { explainReasons } from './reasonText';
import { describeRowRemoval } from './rowRemoval';
import { readSessionFacts, type SessionFacts, topClasses } from './sessionFacts';
import { readSessionInput } from './sessionInput';
import { TellingWords } from './tellingWords';
import type { Views } from './views';

/** Newton steps on sets are solved directly: beyond this many parameters they would not be interactive. */
const newtonLimit = 2_500;
const shownClasses = 12;
const shownNeighbours = 6;
/** Validation rows that a row helps, and that it hurts. */
const shownPulled = 6;

interface OpenedSession {
  readonly generation: number;
  readonly opened: Promise<SessionFacts>;
  readonly looked: LookedAt;
}

/** The last entry of the decision log that was looked at, and the decisions that measuring depends on. */
interface LookedAt {
  seq: number;
  decided: string;
}

/**
 * Questions about an audit that need the fitted head: what removing rows would do, and the evidence for one row. The
 * head is loaded into the compute thread at the first question and again after each audit.
 */
export class EffectsService {
  readonly #store: ProjectStore;
  readonly #compute: ComputeClient;
  readonly #views: Views;
  readonly #words: TellingWords;
  #session: OpenedSession | undefined;
  #latestEffects = 0;
  #closed = false;
  readonly #matrixBytes: number | undefined;

  /** `matrixBytes`: features larger than this are not loaded into memory; default as in {@link readSessionInput}. */
  constructor(store: ProjectStore, compute: ComputeClient, views: Views, matrixBytes?: number) {
    this.#store = store;
    this.#compute = compute;
    this.#views = views;
    this.#matrixBytes = matrixBytes;
    this.#words = new TellingWords(store);
  }

  /** A newer question makes an older one that still waits end with CancelledError: only the latest is shown. */
  async removalEffects(selection: Selection): Promise<RemovalEffects> {
    const turn = ++this.#latestEffects;
    const facts = await this.#open();
    const rows = this.#views.expand(selection).filter((row) => row < facts.split.length);
    const training = rows.filter((row) => isTraining(facts, row));
    const base = { trainRows: training.length, otherRows: rows.length - training.length };
    const nothing = {
      ...base,
      before: null,
      if: null,
      rif: null,
      newton: null,
      validationLabels: facts.validationLabels,
      given: null,
      labelsDisagree: false,
    };
    if (facts.validationRows === 0) {
      return {
        ...nothing,
        note: 'There are no validation rows to measure an effect on. Audit again with a validation split.',
      };
    }
    if (training.length === 0) {
      const note =
        rows.length === 0
          ? ''
          : 'The selected rows are not training rows: the model was fitted without them, so removing them changes nothing.';
      return { ...nothing, note };
    }
    const ask = async (method: RemovalMethod, trust = false): Promise<EditEffect | string> => {
      if (turn !== this.#latestEffects) throw new CancelledError();
      this.#needOpen();
      try {
        return await this.#compute.ask('estimateRemovalEffect', { rows: training, method, trust });
      } catch (error) {
        if (error instanceof NumericalError) return error.message;
        throw error;
      }
    };
    const byIf = await ask('if');
    const byRif = await ask('rif');
    const byNewton =
      facts.parameters > newtonLimit
        ? 'The Newton step is left out: the head has too many parameters to solve it while you select.'
        : await ask('newton');
    const results = [byIf, byRif, byNewton];
    const first = results.find((result): result is EditEffect => typeof result !== 'string');
    const before = first?.validation ?? null;
    const given = before?.given ?? null;
    const best = [byNewton, byRif, byIf].find((result): result is EditEffect => typeof result !== 'string')?.validation;
    // Once, at the end, when it can compare all three: what was estimated for this set is kept.
    const compared = typeof byRif === 'string' ? byRif : await ask('rif', true);
    const trust = typeof compared === 'string' ? [] : (compared.trust?.sentences ?? []);
    return {
      ...base,
      validationLabels: before?.labels ?? facts.validationLabels,
      before: describeBefore(before),
      if: toEffect(byIf, false),
      rif: toEffect(byRif, false),
      newton: toEffect(byNewton, false),
      given: given && {
        before: describeBefore(given),
        if: toEffect(byIf, true),
        rif: toEffect(byRif, true),
        newton: toEffect(byNewton, true),
      },
      labelsDisagree: best?.given
        ? estimatesDisagree(best.lossChange, best.given.lossChange, facts.spread, training.length)
        : false,
      note: results.filter((result): result is string => typeof result === 'string').join(' '),
      // What holds for the head as a whole is said with the audit.
      trust: trust.filter(({ of }) => of === 'set').map(({ text }) => text),
    };
  }

  /** What removing or relabelling would do, by class and by row. A newer question does not end an older one. */
  async editShift(selection: Selection, edit: EditKind): Promise<EditShift> {
    const facts = await this.#open();
    const rows = [...this.#views.expand(selection)].filter((row) => row < facts.split.length);
    const training = rows.filter((row) => isTraining(facts, row));
    return askEditShift(this.#store, this.#compute, facts, {
      edit,
      training,
      otherRows: rows.length - training.length,
      withoutNewton: facts.parameters > newtonLimit,
      needOpen: () => this.#needOpen(),
    });
  }

  /** @throws InputError when there is no such row or no audit. */
  async evidence(rowNumber: number): Promise<Evidence> {
    const facts = await this.#open();
    const rowCount = this.#store.sources.source?.rowCount ?? 0;
    if (rowNumber >= rowCount) throw new InputError(`There is no row ${rowNumber}: the dataset has ${rowCount} rows.`);
    const [row] = await this.#store.review.readRows([rowNumber]);
    const [cells] = await this.#store.sources.readCells([rowNumber]);
    const isNumeric = facts.classes.length === 0;
    const suggested = isNumeric ? (row.suggestedValue ?? Number.NaN) : facts.classes.indexOf(row.suggestedLabel);
    this.#needOpen();
    const explained = await this.#compute.ask('explainRow', {
      row: rowNumber,
      suggestedLabel: suggested,
      neighbours: shownNeighbours,
    });
    const trained = row.split === 'train' && row.givenLabel !== '';
    const { columns } = this.#store.sources;
    return {
      row,
      cells: columns.map((column) => ({ column: column.name, text: cells[column.index] ?? '', role: column.role })),
      classProbabilities: topClasses(facts, rowNumber, shownClasses),
      nearestGiven: await this.#neighbours(explained.nearestGiven, facts),
      nearestSuggested:
        suggested === explained.givenLabel ? [] : await this.#neighbours(explained.nearestSuggested, facts),
      harmShare: trained ? facts.harmShare(row.valLossRif) : null,
      relabelEffect:
        trained && suggested !== explained.givenLabel
          ? await this.#relabelEffect(rowNumber, isNumeric ? Float64Array.of(suggested) : Int32Array.of(suggested))
          : null,
      ...(trained
        ? await this.#removalOf(rowNumber, facts)
        : { newtonGap: null, givenEffect: null, labelsDisagree: false }),
      standings: await this.#store.review.readStandings(rowNumber),
      pulls: trained ? await this.#pulls(rowNumber, facts) : null,
      tellingWords: await this.#words.of(
        { number: rowNumber, given: row.givenLabel, suggested: row.suggestedLabel },
        cells,
        facts,
      ),
      explanations: explainReasons(row.reasons, isNumeric ? 'numbers' : 'classes'),
    };
  }

  /** Forget the session: the audit was replaced or the project is closing. */
  reset(): void {
    this.#session = undefined;
  }

  /**
   * The project is closing: the compute thread is for the next one's questions, and what is under way ends as
   * cancelled.
   */
  close(): void {
    this.#closed = true;
    this.reset();
  }

  #needOpen(): void {
    if (this.#closed) throw new CancelledError('The dataset was closed.');
  }

  async #neighbours(nearest: readonly NearestRow[], facts: SessionFacts): Promise<Evidence['nearestGiven']> {
    const rows: ReviewRow[] = await this.#store.review.readRows(nearest.map(({ row }) => row));
    return nearest.map(({ row, label, distance }, index) => ({
      row,
      id: rows[index]?.id ?? String(row),
      label: facts.classes.length === 0 ? String(label) : (facts.classes[label] ?? ''),
      distance,
      picture: rows[index]?.picture ?? null,
    }));
  }

  /** The validation rows that a training row helps and hurts most. */
  async #pulls(row: number, facts: SessionFacts): Promise<Evidence['pulls']> {
    this.#needOpen();
    const found = await this.#compute.ask('findPulledRows', { row, limit: shownPulled });
    if (found === null) return null;
    const { rising, falling, risingRows, fallingRows } = found;
    const rows = await this.#store.review.readRows([...rising, ...falling].map((one) => one.row));
    const known = new Map(rows.map((one) => [one.row, one]));
    const describe = (one: (typeof rising)[number]): PulledRow => ({
      row: one.row,
      id: known.get(one.row)?.id ?? String(one.row),
      label: nameLabel(one.label, facts),
      loss: one.loss,
      change: one.lossChange,
      picture: known.get(one.row)?.picture ?? null,
    });
    return {
      helps: rising.map(describe),
      hurts: falling.map(describe),
      helpedRows: risingRows,
      hurtRows: fallingRows,
    };
  }

  async #relabelEffect(row: number, labels: RowLabels): Promise<number | null> {
    this.#needOpen();
    const effect = await this.#compute.ask('estimateRelabelEffect', {
      rows: Int32Array.of(row),
      labels,
    });
    return effect.validation?.lossChange ?? null;
  }

  /** How near RIF and the Newton step are, and what the given labels say where others are taken. */
  async #removalOf(
    row: number,
    { spread }: SessionFacts,
  ): Promise<Pick<Evidence, 'newtonGap' | 'givenEffect' | 'labelsDisagree'>> {
    const rows = Int32Array.of(row);
    this.#needOpen();
    const rif = await this.#compute.ask('estimateRemovalEffect', { rows, method: 'rif', trust: false });
    this.#needOpen();
    const newton = await this.#compute.ask('estimateRemovalEffect', { rows, method: 'newton', trust: false });
    return describeRowRemoval(rif, newton, spread);
  }

  async #open(): Promise<SessionFacts> {
    this.#needOpen();
    const audit = this.#store.audits.latest;
    if (audit === null) throw new InputError('This dataset has not been audited yet. Run an audit first.');
    if (this.#session?.generation !== audit.generation) {
      const looked = { seq: 0, decided: '' };
      const opened = this.#openSession(looked);
      this.#session = { generation: audit.generation, opened, looked };
      opened.catch(() => this.reset());
    }
    const session = this.#session;
    const facts = await session.opened;
    await this.#believe(session.looked, facts);
    return facts;
  }

  /** What was decided about validation and test rows since the session was opened counts from now on. */
  async #believe(looked: LookedAt, facts: SessionFacts): Promise<void> {
    const { state } = this.#store.decisions;
    if (looked.seq === state.lastSeq) return;
    looked.seq = state.lastSeq;
    const decided = decidedLabels(facts, state.rows);
    if (decided === looked.decided) return;
    looked.decided = decided;
    const beliefs = decidedBeliefs(facts, state.rows);
    if (beliefs === undefined) return;
    this.#needOpen();
    try {
      await this.#compute.believe(beliefs);
    } catch (error) {
      this.reset();
      throw error;
    }
  }

  async #openSession(looked: LookedAt): Promise<SessionFacts> {
    const facts = await readSessionFacts(this.#store);
    const { state } = this.#store.decisions;
    looked.seq = state.lastSeq;
    looked.decided = decidedLabels(facts, state.rows);
    const input = await readSessionInput(this.#store, facts, this.#matrixBytes);
    // Never over the session of the project that is opened next.
    this.#needOpen();
    await this.#compute.openSession(input);
    return facts;
  }
}

function isTraining({ split, labels }: SessionFacts, row: number): boolean {
  return split[row] === splitCodes.train && isLabelled(labels, row);
}

/** '' where neither of two labels has half of a row's weight. */
function nameLabel(label: number, { classes }: Pick<SessionFacts, 'classes'>): string {
  if (Number.isNaN(label)) return '';
  return classes.length === 0 ? String(label) : (classes[label] ?? '');
}

function describeBefore(effect: LabelledEffect | null): RemovalEffects['before'] {
  return effect && { loss: effect.lossBefore, accuracy: finiteOrNull(effect.accuracyBefore) };
}

/** By the labels as they are taken, or by the given ones where those are others. */
function toEffect(result: EditEffect | string, byGiven: boolean): RemovalEffects['if'] {
  if (typeof result === 'string') return null;
  const effect = byGiven ? result.validation?.given : result.validation;
  if (effect === null || effect === undefined) return null;
  const { lossAfter, accuracyAfter, becameRight, becameWrong } = effect;
  return { loss: lossAfter, accuracy: finiteOrNull(accuracyAfter), becameRight, becameWrong };
}
