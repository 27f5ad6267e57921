import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import { CancelledError } from '../../core/base/errors';
import { engineClient } from '../client/engineClient';
import { shellClient } from '../client/shellClient';
import { useSession } from './session';

/** Vectors of a second file, joined to the rows of the open project. */
export const useEmbeddings = defineStore('embeddings', () => {
  const session = useSession();
  const joining = ref(false);
  const failed = shallowRef<{ readonly error: unknown; readonly generation: number } | null>(null);
  /** Why the file that was chosen last was not joined to the data that are open; null when it was. */
  const failure = computed((): unknown =>
    failed.value !== null && failed.value.generation === session.generation ? failed.value.error : null,
  );

  /** Asks for a file, and opens the data with its vectors, joined by the column `id`. */
  async function choose(id: string | null): Promise<void> {
    failed.value = null;
    const picked = await shellClient.call('pickEmbeddings', {});
    if (picked !== null) await open(picked.grant, id);
  }

  /** Opens the data without them. */
  async function leave(): Promise<void> {
    failed.value = null;
    await open(null, null);
  }

  async function open(grant: string | null, id: string | null): Promise<void> {
    const { generation } = session;
    joining.value = true;
    try {
      session.takeReading(await session.trackWrite(engineClient.call('dataset.joinEmbeddings', { grant, id })));
    } catch (error) {
      if (!(error instanceof CancelledError)) failed.value = { error, generation };
    } finally {
      joining.value = false;
    }
  }

  return { joining, failure, choose, leave };
});
