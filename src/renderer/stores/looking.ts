import { defineStore } from 'pinia';
import { ref } from 'vue';
import { engineClient } from '../client/engineClient';
import { useToasts } from './toasts';

/** What the engine does where opening a file or folder takes a while, before there is a project or a job. */
export const useLooking = defineStore('looking', () => {
  /** “Listing many: 84,000 files”; null where nothing takes long. */
  const text = ref<string | null>(null);
  const cancelling = ref(false);

  function take(next: string | null): void {
    text.value = next;
    if (next === null) cancelling.value = false;
  }

  /** What asked for it ends as cancelled, and says what becomes of it. */
  async function cancel(): Promise<void> {
    cancelling.value = true;
    try {
      await engineClient.call('project.cancelLooking', {});
    } catch (error) {
      cancelling.value = false;
      useToasts().showError('It could not be cancelled', error);
    }
  }

  return { text, cancelling, take, cancel };
});
