import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { SaidDialect } from '../../contract/dataset';
import { engineClient } from '../client/engineClient';
import { useJobs } from './jobs';
import { useSession } from './session';

/** How the open project's file is read, and reading it another way. */
export const useReading = defineStore('reading', () => {
  const session = useSession();
  const jobs = useJobs();

  /** What was asked for and not answered yet. */
  const asked = shallowRef<SaidDialect | null>(null);
  const toConfirm = shallowRef<SaidDialect | null>(null);
  const failure = shallowRef<{ readonly error: unknown; readonly generation: number } | null>(null);
  let latest = 0;

  /** Why the file was not read as was asked last: at once, or only further down. null when it was. */
  const refused = computed((): unknown => {
    if (failure.value !== null && failure.value.generation === session.generation) return failure.value.error;
    const load = jobs.load;
    return load?.state === 'failed' && session.dataset?.complete === true ? load.error : null;
  });

  /** Reads the file as is said, and the rest as it is found; with an audit a person is asked first. */
  async function reread(said: SaidDialect): Promise<void> {
    if (session.audit !== null) toConfirm.value = said;
    else await ask(said, false);
  }

  async function ask(said: SaidDialect, asNewProject: boolean): Promise<void> {
    const mine = ++latest;
    asked.value = said;
    failure.value = null;
    try {
      const project = await session.trackWrite(engineClient.call('dataset.reread', { dialect: said, asNewProject }));
      if (mine === latest) session.takeReading(project);
    } catch (error) {
      if (mine === latest) failure.value = { error, generation: session.generation };
    } finally {
      if (mine === latest) asked.value = null;
    }
  }

  async function confirm(): Promise<void> {
    const said = toConfirm.value;
    toConfirm.value = null;
    if (said !== null) await ask(said, true);
  }

  function dismiss(): void {
    toConfirm.value = null;
  }

  return { asked, toConfirm, refused, reread, confirm, dismiss };
});
