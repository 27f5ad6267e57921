import { INTEGER } from '@duckdb/node-api';
import * as z from 'zod';
import { type Pass, passSchema } from '../../../contract/passes';
import { BugError, InputError, StorageError } from '../../../core/base/errors';
import { StagingTable } from '../tables/bulkTable';
import type { Database } from '../tables/database';
import { MetaTable, putMeta } from '../tables/metaTable';
import { createDecisionTables, passTables } from '../tables/schema';
import { DecisionLog } from './decisionLog';
import { ownScope, type ReviewScope } from './reviewTables';

const metaKey = 'passes';

/** A pass with what was decided in it. */
interface ReadPass {
  readonly log: DecisionLog;
  readonly rows: ReadonlySet<number>;
}

/**
 * Second passes: each with a log of its own, written as the project's own log is, and the rows that it is about. While
 * one is under way, it is what the review shows, and nothing else of the project's decisions is.
 */
export class PassStore {
  readonly #database: Database;
  readonly #rowCount: () => number;
  #passes: readonly Pass[];
  #read = new Map<number, Promise<ReadPass>>();
  #current: (ReadPass & { readonly pass: Pass }) | null = null;

  private constructor(database: Database, rowCount: () => number, passes: readonly Pass[]) {
    this.#database = database;
    this.#rowCount = rowCount;
    this.#passes = passes;
  }

  /** @throws StorageError where what the project says of its passes is damaged. */
  static async open(database: Database, rowCount: () => number): Promise<PassStore> {
    const stored = await new MetaTable(database).read(metaKey);
    const parsed = z
      .array(passSchema)
      .max(10_000)
      .safeParse(stored ?? []);
    if (parsed.success) return new PassStore(database, rowCount, parsed.data);
    throw new StorageError(
      `The project ${database.place} is damaged or was altered: what it says of its second passes is not as Assay writes it. Restore it from a backup.`,
      { details: { folder: database.place }, cause: parsed.error },
    );
  }

  /** In the order in which they were begun. */
  get all(): readonly Pass[] {
    return this.#passes;
  }

  /** The one under way, where this process shows it. */
  get current(): (ReadPass & { readonly pass: Pass }) | null {
    return this.#current;
  }

  /** What the review is about. */
  get scope(): ReviewScope {
    if (this.#current === null) return ownScope;
    const { now, rows } = passTables(this.#current.pass.pass);
    return { decisions: now, rows: this.#current.rows, within: `s.row_no IN (SELECT row_no FROM ${rows})` };
  }

  /** Goes on with the pass that was under way when the project was closed. */
  async resume(): Promise<void> {
    const open = this.#passes.find(({ state }) => state === 'open');
    if (open !== undefined) this.#current = { pass: open, ...(await this.read(open.pass)) };
  }

  /** Rows with a decision in each pass, in the order of `all`. */
  async countDecided(): Promise<number[]> {
    return Promise.all(
      this.#passes.map(async ({ pass }) => {
        const sql = `SELECT CAST(count(*) AS INTEGER) FROM ${passTables(pass).now} WHERE kind IS NOT NULL`;
        return Number((await this.#database.rows(sql))[0]?.[0] ?? 0);
      }),
    );
  }

  /** A pass begun now, not yet entered. On disk when it resolves. */
  async begin(draft: Pick<Pass, 'reviewer' | 'rowsAre'>, rows: readonly number[]): Promise<Pass> {
    const number = this.#passes.reduce((most, { pass }) => Math.max(most, pass), 0) + 1;
    const pass: Pass = {
      ...draft,
      pass: number,
      rowCount: rows.length,
      startedAt: new Date().toISOString(),
      state: 'aside',
      endSeq: null,
    };
    const tables = passTables(number);
    const passes = [...this.#passes, pass];
    await this.#database.write(async (connection) => {
      await createDecisionTables(connection, tables);
      await connection.run(`CREATE TABLE ${tables.rows} (row_no INTEGER NOT NULL)`);
      const staging = await StagingTable.create(connection, 'pass_rows', [['row_no', INTEGER]]);
      await staging.append(rows.length, (from, size) => [rows.slice(from, from + size)]);
      await staging.moveTo(tables.rows, (name) => `SELECT * FROM ${name}`);
      await putMeta(connection, metaKey, passes);
    });
    this.#passes = passes;
    return pass;
  }

  /** Shows a pass that was begun or put aside. @throws InputError when another one is under way, or it has ended. */
  async enter(number: number): Promise<void> {
    if (this.#current !== null) throw new InputError('A second pass is under way. End it, or put it aside first.');
    const pass = this.require(number);
    if (pass.state === 'ended') throw new InputError(`The pass of ${pass.reviewer} has ended.`);
    const read = await this.read(number);
    const entered = { ...pass, state: 'open' } as const;
    await this.#save(entered);
    this.#current = { pass: entered, ...read };
  }

  /** @throws InputError when none is under way. */
  async leave(change: Pick<Pass, 'state' | 'endSeq'>): Promise<void> {
    if (this.#current === null) throw new InputError('No second pass is under way.');
    await this.#save({ ...this.#current.pass, ...change });
    this.#current = null;
  }

  /** @throws InputError where there is no such pass. */
  require(number: number): Pass {
    const found = this.#passes.find(({ pass }) => pass === number);
    if (found === undefined) throw new InputError(`There is no pass ${number}.`);
    return found;
  }

  /** What was decided in a pass, and about which rows. */
  async read(number: number): Promise<ReadPass> {
    let read = this.#read.get(number);
    if (read === undefined) {
      read = this.#readNow(this.require(number));
      this.#read.set(number, read);
      read.catch(() => this.#read.delete(number));
    }
    return read;
  }

  async #readNow({ pass, rowCount }: Pass): Promise<ReadPass> {
    const tables = passTables(pass);
    const log = await DecisionLog.open(this.#database, this.#rowCount(), tables);
    const found = await this.#database.rows(`SELECT row_no FROM ${tables.rows}`);
    const rows = new Set(found.map(([row]) => Number(row)));
    if (rows.size !== rowCount) {
      throw new BugError(`Pass ${pass} has ${rows.size} rows, and says that it has ${rowCount}.`);
    }
    return { log, rows };
  }

  async #save(changed: Pass): Promise<void> {
    const passes = this.#passes.map((one) => (one.pass === changed.pass ? changed : one));
    await this.#database.write((connection) => putMeta(connection, metaKey, passes));
    this.#passes = passes;
  }
}
