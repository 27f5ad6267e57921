import type { Saved, SavedChange } from '../../contract/savedViews';
import type { ReviewService } from '../review/reviewService';
import type { ProjectStore } from '../store/projectStore';

/** Saved views and work lists of the open project. */
export class ProjectSaved {
  readonly #store: ProjectStore;
  readonly #review: ReviewService;

  constructor(store: ProjectStore, review: ReviewService) {
    this.#store = store;
    this.#review = review;
  }

  async read(): Promise<Saved> {
    const [views, lists] = await Promise.all([this.#store.views.read(), this.#store.lists.read()]);
    return { views, lists };
  }

  /** On disk when it resolves. @throws InputError where it cannot be: see SavedViews and WorkLists. */
  async change(change: SavedChange): Promise<Saved> {
    const { views, lists } = this.#store;
    switch (change.kind) {
      case 'save-view':
        await views.save(change);
        break;
      case 'delete-view':
        await views.delete(change.id);
        break;
      case 'make-list':
        await lists.make(change.name, this.#review.rowsOf(change.selection));
        break;
      case 'rename-list':
        await lists.rename(change.id, change.name);
        break;
      case 'delete-list':
        await lists.delete(change.id);
        break;
    }
    return this.read();
  }
}
