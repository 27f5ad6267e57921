import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { SaidDialect } from '../../contract/dataset';
import { CancelledError } from '../../core/base/errors';
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
  /** A new project that is being made: what is said meanwhile is about that one, and waits for it. */
  let switching: Promise<void> | null = null;

  /** Why the file was not read as was asked last: at once, or only further down. null when it was. */
  const refused = computed((): unknown => {
    if (failure.value !== null && failure.value.generation === session.generation) return failure.value.error;
    const load = jobs.load;
    return load?.state === 'failed' && session.dataset?.complete === true ? load.error : null;
  });

  /** Reads the file as is said, and the rest as it is found; with an audit a person is asked first. */
  async function reread(said: SaidDialect): Promise<void> {
    const mine = begin(said);
    if (switching !== null) {
      await switching;
      if (mine !== latest) return;
    }
    if (session.audit === null) return ask(mine, said);
    asked.value = null;
    toConfirm.value = said;
  }

  function begin(said: SaidDialect): number {
    asked.value = said;
    failure.value = null;
    return ++latest;
  }

  /** In the project that is open: the answer counts while it is, and nothing else was asked of it. */
  async function ask(mine: number, said: SaidDialect): Promise<void> {
    const { generation } = session;
    try {
      const project = await session.trackWrite(
        engineClient.call('dataset.reread', { dialect: said, asNewProject: false }),
      );
      if (mine === latest && session.generation === generation) session.takeReading(project);
    } catch (error) {
      refuse(mine, error, generation);
    } finally {
      if (mine === latest) asked.value = null;
    }
  }

  /** Into a new project: the engine has closed the one before when it answers, so the answer always counts. */
  async function askAnew(mine: number, said: SaidDialect): Promise<void> {
    const { generation } = session;
    try {
      session.takeReading(
        await session.trackWrite(engineClient.call('dataset.reread', { dialect: said, asNewProject: true })),
      );
    } catch (error) {
      refuse(mine, error, generation);
    } finally {
      if (mine === latest) asked.value = null;
    }
  }

  function refuse(mine: number, error: unknown, generation: number): void {
    if (mine === latest && !(error instanceof CancelledError)) failure.value = { error, generation };
  }

  async function confirm(): Promise<void> {
    const said = toConfirm.value;
    toConfirm.value = null;
    if (said === null) return;
    const made = askAnew(begin(said), said);
    switching = made;
    await made;
    if (switching === made) switching = null;
  }

  function dismiss(): void {
    toConfirm.value = null;
  }

  return { asked, toConfirm, refused, reread, confirm, dismiss };
});
