import type { StatedReview } from '../../contract/decisions';
import type { ListedPass, Pass, PassComparison, PassDifference, PassRows } from '../../contract/passes';
import { InputError } from '../../core/base/errors';
import { formatCount, formatPlural, formatRoughPercent } from '../../core/base/format';
import { createRandom } from '../../core/base/random';
import { compareReviews, type ReviewComparison } from '../../core/review/agreement';
import type { LogEntry, RowReview } from '../../core/review/decisions';
import { describeDecision, type ReviewState } from '../../core/review/reviewState';
import type { ProjectRows } from '../rows/projectRows';
import type { ProjectStore } from '../store/projectStore';

/** Rows of what is to be settled that are listed at once. */
const mostListed = 5_000;

interface ProjectPassesOptions {
  readonly store: ProjectStore;
  readonly rows: ProjectRows;
  readonly reviewer: () => string;
  /** The review is about other decisions now. */
  readonly onSwitched: () => Promise<void>;
}

/** Both reviews of a pass that has ended. */
interface EndedPass {
  readonly pass: Pass;
  /** What the first had decided when the pass ended. */
  readonly first: ReviewState;
  readonly second: ReviewState;
  readonly comparison: ReviewComparison;
}

/** Second passes of a project: beginning and ending them, how far both agree, and settling what differs. */
export class ProjectPasses {
  readonly #options: ProjectPassesOptions;
  #ended: EndedPass | null = null;

  constructor(options: ProjectPassesOptions) {
    this.#options = options;
  }

  /** The one under way. */
  get current(): Pass | null {
    return this.#options.store.passes.current?.pass ?? null;
  }

  /** Latest first. */
  async list(): Promise<ListedPass[]> {
    const { passes } = this.#options.store;
    const decided = await passes.countDecided();
    return passes.all.map((pass, k) => ({ ...pass, decided: decided[k] })).reverse();
  }

  /**
   * Begins a pass: from now on the review shows its rows, none of them decided, until it ends or is put aside.
   * @throws InputError where there are no such rows, nobody is named, or a pass is under way.
   */
  async start(of: PassRows, reviewer: string): Promise<void> {
    const { store, onSwitched } = this.#options;
    if (store.audits.latest === null)
      throw new InputError('This dataset has not been audited yet. Run an audit first.');
    if (store.passes.current !== null) {
      throw new InputError('A second pass is under way. End it, or put it aside first.');
    }
    const name = reviewer.trim();
    if (name === '') throw new InputError('Say whose pass it is: its decisions carry the name.');
    const { rows, rowsAre } = await this.#choose(of);
    const { pass } = await store.passes.begin({ reviewer: name, rowsAre }, rows);
    await store.passes.enter(pass);
    await onSwitched();
  }

  /** A pass that is made of decisions from elsewhere, and has ended. */
  async adopt(reviews: ReadonlyMap<number, RowReview>, reviewer: string, rowsAre: string): Promise<Pass> {
    const { store } = this.#options;
    if (store.passes.current !== null) {
      throw new InputError('A second pass is under way. End it, or put it aside first.');
    }
    const rows = [...reviews.keys()];
    if (rows.length === 0) throw new InputError('The file says nothing of rows that are here.');
    const pass = await store.passes.begin({ reviewer, rowsAre }, rows);
    const { log } = await store.passes.read(pass.pass);
    await log.append({ kind: 'merge', rows, reviews: [...reviews.values()], title: rowsAre, reviewer });
    await store.passes.enter(pass.pass);
    await store.passes.leave({ state: 'ended', endSeq: store.log.state.lastSeq });
    return store.passes.require(pass.pass);
  }

  async enter(pass: number): Promise<void> {
    await this.#options.store.passes.enter(pass);
    await this.#options.onSwitched();
  }

  /** Ends the pass under way, or puts it aside: the first decisions are shown again. */
  async leave(state: 'aside' | 'ended'): Promise<void> {
    const { store, onSwitched } = this.#options;
    await store.passes.leave({ state, endSeq: state === 'ended' ? store.log.state.lastSeq : null });
    await onSwitched();
  }

  /** @throws InputError before the pass has ended, and while another is under way: the first would be told. */
  async compare(number: number): Promise<PassComparison> {
    const { pass, comparison, first } = await this.#read(number);
    const open = comparison.differences.filter((row) => !this.#isSettled(first, row));
    const { differences, table, ...facts } = comparison;
    return {
      pass,
      firstReviewers: await this.#firstReviewers(pass, first),
      ...facts,
      table: [...table],
      differences: differences.length,
      settled: differences.length - open.length,
      open: open.slice(0, mostListed),
    };
  }

  /** Both decisions about a row; null where they do not differ. @throws InputError as comparing does. */
  async difference(number: number, row: number): Promise<PassDifference | null> {
    const { first, second, comparison } = await this.#read(number);
    // Ascending: a look at each is cheap enough for one row.
    if (!comparison.differences.includes(row)) return null;
    const settled = this.#isSettled(first, row);
    return { row, first: stated(first, row), second: stated(second, row), settled };
  }

  /** All rows that differ, by their ids. @throws InputError as comparing does. */
  async differences(number: number): Promise<(PassDifference & { readonly name: string })[]> {
    const { first, second, comparison } = await this.#read(number);
    const all: (PassDifference & { readonly name: string })[] = [];
    for (let start = 0; start < comparison.differences.length; start += mostListed) {
      const rows = comparison.differences.slice(start, start + mostListed);
      for (const { row, id } of await this.#options.store.review.readRows(rows)) {
        const settled = this.#isSettled(first, row);
        all.push({ name: id, row, first: stated(first, row), second: stated(second, row), settled });
      }
    }
    return all;
  }

  /**
   * Takes the first's or the second's decision about a row, as one change of the project's own decisions.
   * @throws InputError where that one has not decided.
   */
  async settle(
    number: number,
    row: number,
    take: 'first' | 'second',
  ): Promise<{ readonly entry: LogEntry; readonly rows: number[]; readonly title: string }> {
    const { store, reviewer } = this.#options;
    const { pass, first, second } = await this.#read(number);
    const [taken, other] = [first, second].map(({ rows }) => rows.get(row));
    const [chosen, left] = take === 'first' ? [taken, other] : [other, taken];
    if (chosen === undefined || chosen.decision === null) {
      throw new InputError(`There is no ${take} decision about row ${row}.`);
    }
    const [{ id }] = await store.review.readRows([row]);
    const name = id === '' ? `row ${row}` : id;
    const whose = take === 'first' ? 'the first' : pass.reviewer;
    const title = `settle ${describeDecision(chosen.decision, name)}, as ${whose} did`;
    const review: RowReview = {
      decision: chosen.decision,
      note: chosen.note === '' ? (left?.note ?? '') : chosen.note,
      time: new Date().toISOString(),
      reviewer: reviewer(),
    };
    const { entry } = await store.log.append({
      kind: 'merge',
      rows: [row],
      reviews: [review],
      title,
      reviewer: reviewer(),
    });
    return { entry, rows: [row], title };
  }

  async #read(number: number): Promise<EndedPass> {
    const { store } = this.#options;
    if (store.passes.current !== null) {
      throw new InputError('A second pass is under way, and must not know the first decisions. End it first.');
    }
    const pass = store.passes.require(number);
    if (pass.endSeq === null) throw new InputError(`The pass of ${pass.reviewer} has not ended yet.`);
    if (this.#ended?.pass.pass === number) return this.#ended;
    const { log, rows } = await store.passes.read(number);
    const first = store.log.stateAt(pass.endSeq);
    const comparison = compareReviews(rows, first.rows, log.state.rows);
    return (this.#ended = { pass, first, second: log.state, comparison });
  }

  /** Something was decided about it since the pass has ended. */
  #isSettled(first: ReviewState, row: number): boolean {
    return this.#options.store.log.state.rows.get(row)?.time !== first.rows.get(row)?.time;
  }

  async #firstReviewers({ pass }: Pass, first: ReviewState): Promise<string[]> {
    const { rows } = await this.#options.store.passes.read(pass);
    const counts = new Map<string, number>();
    for (const row of rows) {
      const name = first.rows.get(row)?.reviewer;
      if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return [...counts]
      .sort(([, a], [, b]) => b - a)
      .slice(0, 5)
      .map(([name]) => name);
  }

  async #choose(of: PassRows): Promise<{ rows: number[]; rowsAre: string }> {
    const { store, rows: named } = this.#options;
    if (of.kind === 'list') {
      const rows = [...(await named.findNamed(of.text)).rows].sort((a, b) => a - b);
      return { rows, rowsAre: `${formatPlural(rows.length, 'row')} of a list` };
    }
    const decided = [...store.log.state.rows]
      .filter(([, { decision }]) => decision !== null && decision.kind !== 'later')
      .map(([row]) => row)
      .sort((a, b) => a - b);
    if (decided.length === 0) throw new InputError('Nothing is decided yet that a second pass could be about.');
    if (of.kind === 'decided') {
      return {
        rows: decided,
        rowsAre: decided.length === 1 ? 'the decided row' : `all ${formatCount(decided.length)} decided rows`,
      };
    }
    // Another pass is about other rows.
    const random = createRandom(1 + store.passes.all.length);
    const count = Math.max(1, Math.round(of.share * decided.length));
    for (let k = 0; k < count; k++) {
      const other = k + random.integer(decided.length - k);
      [decided[k], decided[other]] = [decided[other], decided[k]];
    }
    const rows = decided.slice(0, count).sort((a, b) => a - b);
    const share = formatRoughPercent(of.share);
    return {
      rows,
      rowsAre: `${formatPlural(rows.length, 'row')}, ${share} of the ${formatCount(decided.length)} decided ones`,
    };
  }
}

function stated({ rows }: ReviewState, row: number): StatedReview | null {
  return rows.get(row) ?? null;
}
