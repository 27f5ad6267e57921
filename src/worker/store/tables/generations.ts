import { dropArraysExcept } from '../audits/auditDraft';
import type { Database } from './database';
import { dropTablesExcept, tableKinds, tableName } from './schema';

/** What the records of a project refer to. */
interface RecordedGenerations {
  /** Names of tables. */
  readonly tables: readonly string[];
  /** Whose arrays are in use. */
  readonly arrays: readonly number[];
}

/**
 * Numbers the tables and arrays of a project (see `tableKinds`): a new generation is filled beside the one in use, and
 * removed again when no record came to refer to it.
 */
export class Generations {
  readonly #folder: string;
  readonly #database: Database;
  /** Generations being filled: their tables look like leftovers until they are recorded. */
  readonly #underWay = new Set<number>();
  #last: number;

  /** `last`: the largest number that a record refers to. */
  constructor(folder: string, database: Database, last: number) {
    this.#folder = folder;
    this.#database = database;
    this.#last = last;
  }

  begin(): number {
    const generation = ++this.#last;
    this.#underWay.add(generation);
    return generation;
  }

  /** It was recorded or given up. */
  end(generation: number): void {
    this.#underWay.delete(generation);
  }

  /** Removes tables and arrays that no record refers to and nobody is filling. */
  async dropLeftovers({ tables, arrays }: RecordedGenerations): Promise<void> {
    const filling = [...this.#underWay];
    const keep = new Set(filling.flatMap((generation) => tableKinds.map((kind) => tableName(kind, generation))));
    for (const table of tables) keep.add(table);
    await this.#database.write((connection) => dropTablesExcept(connection, keep));
    await dropArraysExcept(this.#folder, new Set([...filling, ...arrays]));
  }
}
