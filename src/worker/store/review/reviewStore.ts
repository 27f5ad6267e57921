import type { CellFacet, CellSpread } from '../../../contract/cellFilters';
import { keyColumnsOf } from '../../../contract/keyColumns';
import type { MapColour, MapValues } from '../../../contract/map';
import type { LabelPair, NumberColumn, Query, ReviewRow, RowStanding, Spread } from '../../../contract/review';
import { InputError } from '../../../core/base/errors';
import type { AuditStore } from '../audits/auditStore';
import type { SourceStore } from '../sources/sourceStore';
import type { Database } from '../tables/database';
import { tableName } from '../tables/schema';
import { readCellFacet, readCellSpread } from './cellFacets';
import { readSpread } from './columnSpread';
import type { DecisionLog } from './decisionLog';
import { KeptColumns } from './keptColumns';
import {
  countLabelPairs,
  decisionWords,
  queryReviewRows,
  readColumnValues,
  readGivenCodes,
  readSuggestions,
} from './reviewQueries';
import { readReviewRows } from './reviewRows';
import { hasNumbers, type ReviewScope, type ReviewTables, splits } from './reviewTables';
import type { ReviewTotals, StaticTotals } from './reviewTotals';
import { addDecisions, readStaticTotals } from './reviewTotals';
import { readStandings } from './rowStandings';
import { readCodes, readScores } from './scoreColumns';
import { type RankedBlocks, readRankedBlocks, readRowsBelow } from './stopBlocks';
import type { WorkLists } from './workLists';

/**
 * The rows of a project with their scores by the latest audit and what was decided about them.
 * Every question throws InputError before the first audit.
 */
export class ReviewStore {
  readonly #database: Database;
  readonly #sources: SourceStore;
  readonly #audits: AuditStore;
  readonly #decisions: () => DecisionLog;
  readonly #scope: () => ReviewScope;
  readonly #lists: WorkLists;
  readonly #kept = new KeptColumns();
  #totals: { readonly key: string; readonly totals: Promise<StaticTotals> } | null = null;

  constructor(parts: {
    readonly database: Database;
    readonly sources: SourceStore;
    readonly audits: AuditStore;
    /** What is being decided. */
    readonly decisions: () => DecisionLog;
    readonly scope: () => ReviewScope;
    readonly lists: WorkLists;
  }) {
    this.#database = parts.database;
    this.#sources = parts.sources;
    this.#audits = parts.audits;
    this.#decisions = parts.decisions;
    this.#scope = parts.scope;
    this.#lists = parts.lists;
  }

  /** Row numbers in the order of the query. */
  async query(query: Query): Promise<Int32Array> {
    return queryReviewRows(this.#tables(), query);
  }

  /**
   * Rows of the query by given and suggested label, most frequent pairs first, at most `limit` of them.
   * @throws InputError where labels are numbers.
   */
  async countLabelPairs(query: Query, limit: number): Promise<LabelPair[]> {
    const tables = this.#tables();
    if (hasNumbers(tables)) throw new InputError('The labels of this audit are numbers: there are no pairs to count.');
    const nameOf = (code: number): string => tables.classes[code] ?? '';
    const pairs = await countLabelPairs(tables, query, limit);
    return pairs.map(({ given, suggested, rows }) => ({ given: nameOf(given), suggested: nameOf(suggested), rows }));
  }

  /** How a column is spread over the rows of a query in so many bins; null where no row has a number there. */
  async readSpread(query: Query, column: NumberColumn, bins: number): Promise<Spread | null> {
    return readSpread(this.#tables(), query, column, bins);
  }

  /**
   * The values of a column of the data among the rows of a query, its filters on the column left out: at most `limit`
   * of those that contain `find`.
   * @throws InputError when there is no such column.
   */
  async readCellFacet(
    query: Query,
    wanted: { readonly column: number; readonly find: string; readonly limit: number },
  ): Promise<CellFacet> {
    return readCellFacet(this.#tables(), query, wanted);
  }

  /** How a column of numbers or dates is spread; null where it has none. @throws InputError as above. */
  async readCellSpread(query: Query, column: number, bins: number): Promise<CellSpread | null> {
    return readCellSpread(this.#tables(), query, column, bins);
  }

  /**
   * A column of every row in row order, with the words that its values stand for.
   * @throws InputError where classes are asked for of labels that are numbers.
   */
  async readValues(by: MapColour): Promise<MapValues> {
    const tables = this.#tables();
    const names = namesOf(by, tables);
    return { values: await readColumnValues(tables, by), names };
  }

  /** Where a row stands among all, by each score that it has. */
  async readStandings(row: number): Promise<RowStanding[]> {
    return readStandings(this.#tables(), row);
  }

  async readRows(rows: readonly number[]): Promise<ReviewRow[]> {
    return readReviewRows(this.#tables(), rows);
  }

  /** The class of every row's given label, as an index into `classes`; −1 = unlabelled. */
  async readGivenCodes(): Promise<{ readonly given: Int32Array; readonly classes: readonly string[] }> {
    const tables = this.#tables();
    return { given: await readGivenCodes(tables), classes: tables.classes };
  }

  /** What every row's label is suggested to be: an index into the audit's classes, −1 = none; or a number. */
  async readSuggestions(): Promise<Int32Array | Float64Array> {
    return readSuggestions(this.#tables());
  }

  /** What the labels of rows are. */
  async readLabels(): Promise<{ given(row: number): string; suggested(row: number): string }> {
    const tables = this.#tables();
    if (hasNumbers(tables)) {
      const [given, suggested] = await Promise.all([
        readScores(tables, 'given_value'),
        readScores(tables, 'suggested_value'),
      ]);
      const textOf = (value: number): string => (Number.isNaN(value) ? '' : String(value));
      return { given: (row) => textOf(given[row]), suggested: (row) => textOf(suggested[row]) };
    }
    const [given, suggested] = await Promise.all([readCodes(tables, 'given'), readCodes(tables, 'suggested')]);
    const nameOf = (code: number): string => tables.classes[code] ?? '';
    return { given: (row) => nameOf(given[row]), suggested: (row) => nameOf(suggested[row]) };
  }

  /** Validation and test rows among these. */
  async countEvaluation(rows: readonly number[]): Promise<number> {
    const split = await readCodes(this.#tables(), 'split');
    return rows.reduce((sum, row) => sum + Number(split[row] === 1 || split[row] === 2), 0);
  }

  /** What decisions do not change of it is counted once for each audit and threshold. */
  async totals(threshold: number, bins = 50): Promise<ReviewTotals> {
    const tables = this.#tables();
    const key = `${tables.scores} ${tables.decisions} ${threshold} ${bins}`;
    if (this.#totals?.key !== key) {
      const totals = readStaticTotals(tables, threshold, bins);
      this.#totals = { key, totals };
      totals.catch(() => {
        this.#totals = null;
      });
    }
    return addDecisions(tables, await this.#totals.totals, threshold);
  }

  /** The labelled training rows worth inspecting, in order of suspicion. */
  async readRanked(threshold: number, suspects: number): Promise<RankedBlocks> {
    return readRankedBlocks(this.#tables(), threshold, suspects);
  }

  /** The labelled training rows below the threshold without a decision, ascending. */
  async readBelow(threshold: number): Promise<Int32Array> {
    return readRowsBelow(this.#tables(), threshold);
  }

  /** The rows or their scores were replaced. */
  forget(): void {
    this.#totals = null;
    this.#kept.clear();
  }

  #tables(): ReviewTables {
    const audit = this.#audits.requireLatest();
    const { table, columns } = this.#sources;
    const { pictures, rowCount, said } = this.#sources.requireSource();
    return {
      ...this.#scope(),
      database: this.#database,
      scores: tableName('scores', audit.generation),
      source: table,
      rowCount,
      columns,
      saidMissing: new Set((said?.missing ?? []).map((word) => word.trim())),
      kept: this.#kept,
      reviews: () => this.#decisions().state.rows,
      readList: (id) => this.#lists.readRows(id),
      classes: audit.classes,
      reasonNames: audit.reasonNames,
      idColumn: columns.find(({ role }) => role === 'id')?.index ?? null,
      pictures,
      keyColumns: keyColumnsOf({ columns: [...columns], pictures }).map(({ index }) => index),
      textColumn: columns.find(({ type, role }) => type === 'text' && role === 'feature')?.index ?? null,
    };
  }
}

function namesOf(by: MapColour, tables: ReviewTables): string[] | null {
  switch (by) {
    case 'given_label':
    case 'suggested_label':
      if (hasNumbers(tables)) throw new InputError('The labels of this audit are numbers: they have no classes.');
      return [...tables.classes];
    case 'decision':
      return [...decisionWords];
    case 'split':
      return [...splits];
    default:
      return null;
  }
}
