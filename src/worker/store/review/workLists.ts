import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { mostWorkLists, type WorkList, workListSchema } from '../../../contract/savedViews';
import { InputError } from '../../../core/base/errors';
import type { Database } from '../tables/database';
import { MetaTable, putMeta, readMeta } from '../tables/metaTable';
import type { DecisionLog } from './decisionLog';

const metaKey = 'workLists';
const rowsKey = (id: string): string => `workList ${id}`;

const entrySchema = workListSchema.omit({ decided: true });
type Entry = z.infer<typeof entrySchema>;
/** Row numbers, 32 bits each, little-endian. */
const rowsSchema = z.base64();

/** Lists of rows that a project keeps, each with its rows in an entry of its own: a change of one rewrites no other. */
export class WorkLists {
  readonly #database: Database;
  readonly #decisions: () => DecisionLog;
  readonly #rowCount: () => number;
  /** What was read or made here. */
  readonly #rows = new Map<string, Int32Array>();

  constructor(database: Database, decisions: () => DecisionLog, rowCount: () => number) {
    this.#database = database;
    this.#decisions = decisions;
    this.#rowCount = rowCount;
  }

  /** In the order in which they were made, with how many of their rows are decided. O(rows of all lists) at most. */
  async read(): Promise<WorkList[]> {
    const entries = readEntries(await new MetaTable(this.#database).read(metaKey));
    const lists: WorkList[] = [];
    for (const entry of entries) {
      const rows = await this.readRows(entry.id);
      lists.push({ ...entry, rows: rows.length, decided: this.#countDecided(rows) });
    }
    return lists;
  }

  /** Ascending. @throws InputError when there is no such list. */
  async readRows(id: string): Promise<Int32Array> {
    const known = this.#rows.get(id);
    if (known !== undefined) return known;
    const stored = rowsSchema.safeParse(await new MetaTable(this.#database).read(rowsKey(id)));
    if (!stored.success) throw noList();
    const bytes = Buffer.from(stored.data, 'base64');
    const rowCount = this.#rowCount();
    const rows = Int32Array.from({ length: Math.floor(bytes.length / 4) }, (_, at) => bytes.readInt32LE(4 * at)).filter(
      (row) => row >= 0 && row < rowCount,
    );
    this.#rows.set(id, rows);
    return rows;
  }

  /** On disk when it resolves. @throws InputError when there are too many lists, or no rows. */
  async make(name: string, rows: Int32Array): Promise<void> {
    if (rows.length === 0) throw new InputError('There are no rows to make a list of.');
    const ascending = rows.slice().sort();
    const id = randomUUID();
    const bytes = Buffer.alloc(4 * ascending.length);
    ascending.forEach((row, at) => bytes.writeInt32LE(row, 4 * at));
    await this.#database.write(async (connection) => {
      const entries = readEntries(await readMeta(connection, metaKey));
      if (entries.length >= mostWorkLists) {
        throw new InputError(`A project keeps up to ${mostWorkLists} work lists. Delete one that is done.`);
      }
      const entry: Entry = { id, name, createdAt: new Date().toISOString(), rows: ascending.length };
      await putMeta(connection, rowsKey(id), bytes.toString('base64'));
      await putMeta(connection, metaKey, [...entries, entry]);
    });
    this.#rows.set(id, ascending);
  }

  /** @throws InputError when there is no such list. */
  async rename(id: string, name: string): Promise<void> {
    await this.#database.write(async (connection) => {
      const entries = readEntries(await readMeta(connection, metaKey));
      if (!entries.some((one) => one.id === id)) throw noList();
      await putMeta(
        connection,
        metaKey,
        entries.map((one) => (one.id === id ? { ...one, name } : one)),
      );
    });
  }

  /** Its rows and their decisions stay as they are. */
  async delete(id: string): Promise<void> {
    await this.#database.write(async (connection) => {
      const entries = readEntries(await readMeta(connection, metaKey));
      await putMeta(
        connection,
        metaKey,
        entries.filter((one) => one.id !== id),
      );
      await connection.run('DELETE FROM meta WHERE key = $1', [rowsKey(id)]);
    });
    this.#rows.delete(id);
  }

  #countDecided(rows: Int32Array): number {
    const { rows: reviews } = this.#decisions().state;
    let decided = 0;
    for (const row of rows) if ((reviews.get(row)?.decision ?? null) !== null) decided += 1;
    return decided;
  }
}

function noList(): InputError {
  return new InputError('This work list is not in the project any more. Take its filter away.');
}

/** What an older program left in another form is passed over. */
function readEntries(stored: unknown): Entry[] {
  if (!Array.isArray(stored)) return [];
  return stored.flatMap((one: unknown) => {
    const parsed = entrySchema.safeParse(one);
    return parsed.success ? [parsed.data] : [];
  });
}
