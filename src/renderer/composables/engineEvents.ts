import { onBeforeUnmount } from 'vue';
import type { EngineEvent } from '../../contract/engineApi';
import type { JobKind } from '../../contract/jobs';
import type { EngineState } from '../../contract/shell';
import { engineClient } from '../client/engineClient';
import { shellClient } from '../client/shellClient';
import { useEngine } from '../stores/engine';
import { isRunning, useJobs } from '../stores/jobs';
import { useLooking } from '../stores/looking';
import { useSession } from '../stores/session';
import { useToasts } from '../stores/toasts';

const interruptedWork: Record<JobKind, string> = {
  load: 'Reading the file was interrupted and starts again.',
  audit: 'The audit was interrupted; run it again.',
  verify: 'The verification was interrupted; run it again.',
  explain: 'The explanation was interrupted; ask for it again.',
  groups: 'The comparison of groups was interrupted; run it again.',
  seeded: 'The seeded audit was interrupted; run it again.',
  study: 'The study of the model was interrupted; run it again.',
  export: 'The export was interrupted; nothing was half-written. Export again.',
  map: 'The map was interrupted; compute it again.',
};

/**
 * Leads what the engine and main say unasked to the stores, for as long as the component lives. When the engine comes
 * back after it died, the open project is opened again by itself and the person is told what was cut off.
 */
export function useEngineEvents(): void {
  const jobs = useJobs();
  const engine = useEngine();
  const session = useSession();
  const looking = useLooking();
  const toasts = useToasts();
  let died = false;
  let cutOff: JobKind[] = [];

  function takeEvent(event: EngineEvent): void {
    if (event.kind === 'dataset') {
      if (session.isOpen && !session.busy) session.takeDataset(event.dataset);
      return;
    }
    if (event.kind === 'looking') {
      looking.take(event.text);
      return;
    }
    if (event.kind === 'reading') {
      if (!session.busy) session.takeReadSoFar(event);
      return;
    }
    jobs.take(event.job);
    if (!isRunning(event.job)) session.takeFinished(event.job);
  }

  function takeState(state: EngineState): void {
    engine.takeState(state);
    if (state.kind !== 'restarting' && state.kind !== 'failed') return;
    died = true;
    looking.take(null);
    const cut = jobs.interrupt('The engine stopped while this was under way.');
    cutOff = [...cutOff, ...cut.map((job) => job.kind)];
  }

  async function takeConnection(connected: boolean): Promise<void> {
    engine.takeConnection(connected);
    if (!connected || !died) return;
    died = false;
    const lost = [...new Set(cutOff)].map((kind) => interruptedWork[kind]);
    cutOff = [];
    if (!session.isOpen) return;
    if (await session.reopen()) {
      toasts.show({
        tone: 'warn',
        title: 'The engine stopped and was started again',
        text: ['Everything you decided is there.', ...lost].join(' '),
      });
    }
  }

  const stops = [
    engineClient.onEvent(takeEvent),
    engineClient.onConnection((connected) => void takeConnection(connected)),
    engineClient.onProblem((problem) => toasts.showError('The engine said something unexpected', problem)),
    shellClient.onEvent((event) => {
      if (event.kind === 'engine') takeState(event.state);
    }),
  ];
  // A port may have arrived before this component was made.
  if (engineClient.connected) engine.takeConnection(true);
  onBeforeUnmount(() => stops.forEach((stop) => stop()));
}
