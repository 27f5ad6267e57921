import type { CellFacet } from '../../contract/cellFilters';
import type { EngineParsedParams, EngineResult } from '../../contract/engineApi';
import type { BulkChoice, ReviewChange, ReviewOverview, ReviewRow, Selection } from '../../contract/review';
import { InputError } from '../../core/base/errors';
import { formatCount } from '../../core/base/format';
import type { LogEntry, NewLogEntry } from '../../core/review/decisions';
import { computeReviewProgress } from '../../core/review/progress';
import { describeDecision } from '../../core/review/reviewState';
import { scoredBy } from '../exports/scoresFile';
import type { ProjectStore } from '../store/projectStore';
import { type BulkDecisions, decideEach, previewDecisions } from './bulkDecisions';
import { formatRowsAsText } from './copyText';
import { Views } from './views';

const histogramBins = 50;
const reportedRows = 1_000;
const copyLimit = 100_000;
const pairLimit = 10_000;

/** Everything the window asks about ranked rows and does with them. Each change is on disk before it is answered. */
export class ReviewService {
  readonly views = new Views();
  readonly #store: ProjectStore;
  readonly #reviewer: () => string;
  readonly #onChange: (overview: ReviewOverview) => void;
  /** Changes are written one after the other, in the order in which they were asked for. */
  #writing: Promise<unknown> = Promise.resolve();

  constructor(store: ProjectStore, reviewer: () => string, onChange: (overview: ReviewOverview) => void) {
    this.#store = store;
    // What is decided in a second pass is its reviewer's.
    this.#reviewer = () => store.passes.current?.pass.reviewer ?? reviewer();
    this.#onChange = onChange;
  }

  /** Some row has a decision or a note. */
  get hasDecisions(): boolean {
    return this.#store.decisions.state.rows.size > 0;
  }

  /** What was found damaged in the log of decisions when it was opened, and passed over, in words. */
  get notices(): readonly string[] {
    return this.#store.log.notices;
  }

  async overview(threshold: number): Promise<ReviewOverview> {
    const totals = await this.#store.review.totals(threshold, histogramBins);
    const progress = computeReviewProgress(totals);
    const { state } = this.#store.decisions;
    return {
      rowsInAll: totals.rowsInAll,
      rankedRows: totals.rankedRows,
      pending: totals.pending,
      kept: totals.kept,
      removed: totals.removed,
      relabelled: totals.relabelled,
      later: totals.later,
      evaluationSuspects: totals.evaluationSuspects,
      rate: progress.rate,
      wrongLeft: progress.wrongLeft,
      histogram: [...totals.histogram],
      highestSuspicion: totals.highestSuspicion,
      facets: {
        givenLabel: [...totals.facets.givenLabel],
        reasons: [...totals.facets.reasons],
        split: [...totals.facets.split],
      },
      undo: state.undoable?.title ?? null,
      redo: state.redoable?.title ?? null,
      redoCount: state.redoCount,
    };
  }

  async open({ query }: EngineParsedParams<'review.open'>): Promise<EngineResult<'review.open'>> {
    this.#needAudit();
    const rows = await this.#store.review.query(query);
    return { viewId: this.views.add(rows, query), total: rows.length };
  }

  async labelPairs({ query }: EngineParsedParams<'review.labelPairs'>): Promise<EngineResult<'review.labelPairs'>> {
    this.#needAudit();
    return { pairs: await this.#store.review.countLabelPairs(query, pairLimit) };
  }

  async spread({ query, column, bins }: EngineParsedParams<'review.spread'>): Promise<EngineResult<'review.spread'>> {
    this.#needAudit();
    return { spread: await this.#store.review.readSpread(query, column, bins) };
  }

  async page({ viewId, offset, limit }: EngineParsedParams<'review.page'>): Promise<{ rows: ReviewRow[] }> {
    const rows = this.views.rows(viewId).subarray(offset, offset + limit);
    return { rows: await this.#store.review.readRows([...rows]) };
  }

  viewRows({ viewId }: EngineParsedParams<'review.viewRows'>): EngineResult<'review.viewRows'> {
    return { rows: this.views.rows(viewId) };
  }

  async rows({ rows }: EngineParsedParams<'review.rows'>): Promise<{ rows: ReviewRow[] }> {
    this.#needRows(rows);
    return { rows: await this.#store.review.readRows(rows) };
  }

  nextPending({ viewId, from }: EngineParsedParams<'review.nextPending'>): { index: number | null } {
    const rows = this.views.rows(viewId);
    const { state } = this.#store.decisions;
    for (let step = 1; step <= rows.length; step++) {
      const index = (from + step) % rows.length;
      if (index === from) break;
      if ((state.rows.get(rows[index])?.decision ?? null) === null) return { index };
    }
    return { index: null };
  }

  indexOf({ viewId, row }: EngineParsedParams<'review.indexOf'>): { index: number | null } {
    return { index: this.views.indexOf(viewId, row) ?? null };
  }

  async decide({ selection, decision, threshold }: EngineParsedParams<'review.decide'>): Promise<ReviewChange> {
    const rows = this.#expandForChange(selection);
    const checked =
      this.#hasNumbers() && decision?.kind === 'relabel'
        ? { ...decision, label: withNumber(decision.label) }
        : decision;
    const title = describeDecision(checked, await this.#subject(rows));
    return this.#append({ kind: 'decide', rows, decision: checked, title, reviewer: this.#reviewer() }, threshold);
  }

  /** One entry of the log, whatever each row is given. */
  async decideEach({ selection, choice, threshold }: EngineParsedParams<'review.decideEach'>): Promise<ReviewChange> {
    const rows = this.#expandForChange(selection);
    const reviewer = this.#reviewer();
    if (choice.kind === 'restore') {
      const title = describeDecision(null, await this.#subject(rows));
      return this.#append({ kind: 'decide', rows, decision: null, title, reviewer }, threshold);
    }
    const { decisions, which } = await this.#decisionsOf(choice, rows);
    const [first, ...others] = decisions;
    const subject = await this.#subject(rows);
    if (first !== undefined && others.length === 0) {
      const title = describeDecision(first, subject);
      return this.#append({ kind: 'decide', rows, decision: first, title, reviewer }, threshold);
    }
    const title = choice.kind === 'class' ? `relabel ${subject} as ${choice.label}` : `relabel ${subject} as suggested`;
    return this.#append({ kind: 'decideEach', rows, decisions, which, title, reviewer }, threshold);
  }

  async preview({ selection, choice }: EngineParsedParams<'review.preview'>): Promise<EngineResult<'review.preview'>> {
    const rows = this.#expandForChange(selection);
    const decided =
      choice.kind === 'restore' ? ({ decisions: [], which: [] } as const) : await this.#decisionsOf(choice, rows);
    const changes = previewDecisions(rows, decided, this.#store.decisions.state.rows);
    return { ...changes, evaluationRows: await this.#store.review.countEvaluation(rows) };
  }

  async cellFacet({ query, ...wanted }: EngineParsedParams<'review.cellFacet'>): Promise<CellFacet> {
    this.#needAudit();
    return this.#store.review.readCellFacet(query, wanted);
  }

  async cellSpread({
    query,
    column,
    bins,
  }: EngineParsedParams<'review.cellSpread'>): Promise<EngineResult<'review.cellSpread'>> {
    this.#needAudit();
    return { spread: await this.#store.review.readCellSpread(query, column, bins) };
  }

  async note({ selection, note, threshold }: EngineParsedParams<'review.note'>): Promise<ReviewChange> {
    const rows = this.#expandForChange(selection);
    const subject = await this.#subject(rows);
    const title = note === '' ? `remove the note of ${subject}` : `note on ${subject}`;
    return this.#append({ kind: 'note', rows, note, title, reviewer: this.#reviewer() }, threshold);
  }

  /** A change that is put together elsewhere, in its turn. `make`: writes it; null: there was nothing to change. */
  async changeBy(
    make: () => Promise<{ entry: LogEntry; rows: readonly number[]; title: string } | null>,
    threshold: number,
  ): Promise<ReviewChange | null> {
    return this.#inTurn(async () => {
      const made = await make();
      return made === null ? null : this.#change(made.entry.seq, made.title, made.rows, threshold);
    });
  }

  async undo({ threshold }: { threshold: number }): Promise<ReviewChange | null> {
    return this.#reverse('undo', threshold);
  }

  async redo({ threshold }: { threshold: number }): Promise<ReviewChange | null> {
    return this.#reverse('redo', threshold);
  }

  async history({ offset, limit, row }: EngineParsedParams<'review.history'>): Promise<EngineResult<'review.history'>> {
    const { total, items } = await this.#store.decisions.history(offset, limit, row);
    return { total, items: [...items] };
  }

  async copy({ selection }: EngineParsedParams<'review.copy'>): Promise<{ text: string; rowCount: number }> {
    const rows = this.views.expand(selection);
    if (rows.length > copyLimit) {
      throw new InputError(
        `${formatCount(rows.length)} rows are too many for the clipboard (at most ${formatCount(copyLimit)}). Export scores.csv instead.`,
      );
    }
    this.#needRows(rows);
    const read = await this.#store.review.readRows([...rows]);
    return { text: formatRowsAsText(read, scoredBy(this.#store)), rowCount: rows.length };
  }

  async #decisionsOf(
    choice: Exclude<BulkChoice, { kind: 'restore' }>,
    rows: readonly number[],
  ): Promise<BulkDecisions> {
    const checked =
      choice.kind === 'class' && this.#hasNumbers() ? { ...choice, label: withNumber(choice.label) } : choice;
    return decideEach(checked, rows, await this.#store.review.readLabels());
  }

  #hasNumbers(): boolean {
    return this.#store.audits.latest?.classes.length === 0;
  }

  #needAudit(): void {
    if (this.#store.audits.latest === null)
      throw new InputError('This dataset has not been audited yet. Run an audit first.');
  }

  #expandForChange(selection: Selection): number[] {
    const rows = [...this.views.expand(selection)];
    if (rows.length === 0) throw new InputError('No row is selected.');
    this.#needRows(rows);
    const pass = this.#store.passes.current;
    const outside = pass === null ? undefined : rows.find((row) => !pass.rows.has(row));
    if (outside !== undefined) {
      throw new InputError(
        `Row ${outside} is not among the rows of this pass. End the pass, or put it aside, to decide it.`,
      );
    }
    return rows;
  }

  /** The rows that a selection means. @throws InputError where there are none of these numbers. */
  rowsOf(selection: Selection): Int32Array {
    const rows = this.views.expand(selection);
    this.#needRows(rows);
    return rows;
  }

  #needRows(rows: Iterable<number>): void {
    const rowCount = this.#store.sources.source?.rowCount ?? 0;
    for (const row of rows) {
      if (row >= rowCount) throw new InputError(`There is no row ${row}: the dataset has ${rowCount} rows.`);
    }
  }

  async #subject(rows: readonly number[]): Promise<string> {
    if (rows.length !== 1) return `${formatCount(rows.length)} rows`;
    const [row] = await this.#store.review.readRows(rows);
    return row === undefined || row.id === '' ? `row ${rows[0]}` : row.id;
  }

  async #append(
    entry: Extract<NewLogEntry, { kind: 'decide' | 'decideEach' | 'note' }> & { readonly rows: readonly number[] },
    threshold: number,
  ): Promise<ReviewChange> {
    return this.#inTurn(async () => {
      const { entry: written } = await this.#store.decisions.append(entry);
      return this.#change(written.seq, entry.title, entry.rows, threshold);
    });
  }

  async #reverse(kind: 'undo' | 'redo', threshold: number): Promise<ReviewChange | null> {
    return this.#inTurn(async () => {
      const { state } = this.#store.decisions;
      const change = kind === 'undo' ? state.undoable : state.redoable;
      if (change === undefined) return null;
      const { entry } = await this.#store.decisions.append({ kind, target: change.seq, reviewer: this.#reviewer() });
      return this.#change(entry.seq, change.title, change.rows, threshold);
    });
  }

  async #change(seq: number, title: string, rows: readonly number[], threshold: number): Promise<ReviewChange> {
    const overview = await this.overview(threshold);
    this.#onChange(overview);
    return { seq, title, rows: rows.slice(0, reportedRows), rowCount: rows.length, overview };
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#writing.then(work);
    this.#writing = result.catch(() => undefined);
    return result;
  }
}

/** A new label of a numeric column, as it is kept: plain digits. @throws InputError when it is no number. */
function withNumber(label: string): string {
  const value = label.trim() === '' ? Number.NaN : Number(label);
  if (!Number.isFinite(value)) {
    throw new InputError(`“${label}” is no number, and the labels of this audit are. Write it as 1234.5.`);
  }
  return String(value);
}
