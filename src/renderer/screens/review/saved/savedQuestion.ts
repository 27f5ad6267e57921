import { shallowRef } from 'vue';

/** What is asked of a person about saved views and work lists: a name, or whether to delete. */
export type SavedQuestion =
  | { readonly kind: 'save-view' | 'make-list' }
  | { readonly kind: 'rename-view' | 'delete-view' | 'rename-list' | 'delete-list'; readonly id: string };

/** The dialog shows it. */
export const savedQuestion = shallowRef<SavedQuestion | null>(null);
