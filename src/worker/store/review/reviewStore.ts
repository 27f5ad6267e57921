import { keyColumnsOf } from '../../../contract/keyColumns';
import type { MapColour, MapValues } from '../../../contract/map';
import type { LabelPair, NumberColumn, Query, ReviewRow, Spread } from '../../../contract/review';
import { InputError } from '../../../core/base/errors';
import type { AuditStore } from '../audits/auditStore';
import type { SourceStore } from '../sources/sourceStore';
import type { Database } from '../tables/database';
import { tableName } from '../tables/schema';
import {
  countLabelPairs,
  decisionWords,
  queryReviewRows,
  readColumnValues,
  readGivenCodes,
  readSpread,
  readSuggestions,
} from './reviewQueries';
import { readReviewRows } from './reviewRows';
import { hasNumbers, type ReviewTables, splits } from './reviewTables';
import type { ReviewTotals, StaticTotals } from './reviewTotals';
import { addDecisions, readStaticTotals } from './reviewTotals';

/**
 * The rows of a project with their scores by the latest audit and what was decided about them.
 * Every question throws InputError before the first audit.
 */
export class ReviewStore {
  readonly #database: Database;
  readonly #sources: SourceStore;
  readonly #audits: AuditStore;
  #totals: { readonly key: string; readonly totals: Promise<StaticTotals> } | null = null;

  constructor(database: Database, sources: SourceStore, audits: AuditStore) {
    this.#database = database;
    this.#sources = sources;
    this.#audits = audits;
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
   * A column of every row in row order, with the words that its values stand for.
   * @throws InputError where classes are asked for of labels that are numbers.
   */
  async readValues(by: MapColour): Promise<MapValues> {
    const tables = this.#tables();
    const names = namesOf(by, tables);
    return { values: await readColumnValues(tables, by), names };
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

  /** What decisions do not change of it is counted once for each audit and threshold. */
  async totals(threshold: number, bins = 50): Promise<ReviewTotals> {
    const tables = this.#tables();
    const key = `${tables.scores} ${threshold} ${bins}`;
    if (this.#totals?.key !== key) {
      const totals = readStaticTotals(tables, threshold, bins);
      this.#totals = { key, totals };
      totals.catch(() => this.forget());
    }
    return addDecisions(tables, await this.#totals.totals, threshold);
  }

  /** The rows or their scores were replaced. */
  forget(): void {
    this.#totals = null;
  }

  #tables(): ReviewTables {
    const audit = this.#audits.requireLatest();
    const { table, columns } = this.#sources;
    const { pictures } = this.#sources.requireSource();
    return {
      database: this.#database,
      scores: tableName('scores', audit.generation),
      source: table,
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
