import { randomUUID } from 'node:crypto';
import { mostSavedViews, type SavedChange, type SavedView, savedViewSchema } from '../../../contract/savedViews';
import { InputError } from '../../../core/base/errors';
import type { Database } from '../tables/database';
import { MetaTable, putMeta, readMeta } from '../tables/metaTable';

const metaKey = 'savedViews';

/** Questions asked of the rows that a project keeps under names. Each change is on disk when it resolves. */
export class SavedViews {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** In the order in which they were made. */
  async read(): Promise<SavedView[]> {
    return readViews(await new MetaTable(this.#database).read(metaKey));
  }

  /** @throws InputError for another view of the name, for too many, and for one that is not there any more. */
  async save({ id, name, query, look }: Extract<SavedChange, { kind: 'save-view' }>): Promise<void> {
    await this.#change((views) => {
      if (views.some((one) => one.name === name && one.id !== id)) {
        throw new InputError(`There is a view “${name}” already. Choose another name, or update that one.`);
      }
      if (id !== null) {
        if (!views.some((one) => one.id === id)) throw new InputError('This view is not in the project any more.');
        return views.map((one) => (one.id === id ? { id, name, query, look } : one));
      }
      if (views.length >= mostSavedViews) {
        throw new InputError(`A project keeps up to ${mostSavedViews} views. Delete one that is not used.`);
      }
      return [...views, { id: randomUUID(), name, query, look }];
    });
  }

  async delete(id: string): Promise<void> {
    await this.#change((views) => views.filter((one) => one.id !== id));
  }

  async #change(change: (views: readonly SavedView[]) => SavedView[]): Promise<void> {
    await this.#database.write(async (connection) => {
      await putMeta(connection, metaKey, change(readViews(await readMeta(connection, metaKey))));
    });
  }
}

/** What an older program left in another form is passed over. */
function readViews(stored: unknown): SavedView[] {
  if (!Array.isArray(stored)) return [];
  return stored.flatMap((one: unknown) => {
    const parsed = savedViewSchema.safeParse(one);
    return parsed.success ? [parsed.data] : [];
  });
}
