import { useRouter } from 'vue-router';
import type { GrantedPath, Sample } from '../../contract/shell';
import type { OpenedKind } from '../stores/session';
import { useSession } from '../stores/session';
import { useToasts } from '../stores/toasts';

/** Opening and closing projects together with going to the screen where the analyst stopped. */
export function useProjectOpening() {
  const session = useSession();
  const router = useRouter();
  const toasts = useToasts();

  async function arrive(opening: Promise<boolean>): Promise<void> {
    const opened = await opening;
    if (opened) {
      if (session.notice !== '') toasts.show({ tone: 'warn', title: session.name, text: session.notice });
      await router.push({ name: session.place });
      return;
    }
    if (session.failure !== null) await router.push({ name: 'home' });
  }

  return {
    pickSource: (): Promise<void> => arrive(session.pickSource()),
    pickFolder: (): Promise<void> => arrive(session.pickFolder()),
    pickProject: (): Promise<void> => arrive(session.pickProject()),
    openSample: (id: Sample['id']): Promise<void> => arrive(session.openSample(id)),
    openRecent: (id: string): Promise<void> => arrive(session.openRecent(id)),
    openPath: (path: GrantedPath, what: OpenedKind): Promise<void> => arrive(session.openPath(path, what)),
    async close(): Promise<void> {
      await session.close();
      await router.push({ name: 'home' });
    },
  };
}
