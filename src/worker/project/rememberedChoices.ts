import type { Column } from '../../contract/dataset';
import type { ProjectStore } from '../store/projectStore';
import {
  applyChoices,
  type ColumnChoice,
  type NamedChoice,
  namedChoiceSchema,
  recallChoices,
  rememberChoices,
} from './columnChoices';

const metaKey = 'columnChoices';

/**
 * What the analyst said of columns, kept in the project: it holds for columns of the same names, however the file is
 * read.
 */
export class RememberedChoices {
  readonly #store: ProjectStore;
  #choices: readonly NamedChoice[] = [];

  constructor(store: ProjectStore) {
    this.#store = store;
  }

  /** Others each time that something more is said. */
  get all(): readonly NamedChoice[] {
    return this.#choices;
  }

  /** Takes up what was said when the project was open before. */
  async resume(): Promise<void> {
    const stored = namedChoiceSchema.array().safeParse(await this.#store.meta.read(metaKey));
    this.#choices = stored.success ? stored.data : [];
  }

  /**
   * The columns as these choices make them, which are remembered.
   * @throws InputError when a column is not there or two columns have a role that only one can have.
   */
  async choose(columns: readonly Column[], choices: readonly ColumnChoice[]): Promise<Column[]> {
    const chosen = applyChoices(columns, choices);
    this.#choices = rememberChoices(this.#choices, columns, chosen);
    await this.#store.meta.write(metaKey, this.#choices);
    return chosen;
  }

  /** The columns with what was said of columns of the same names. */
  recall(columns: readonly Column[]): Column[] {
    return recallChoices(columns, this.#choices);
  }
}
