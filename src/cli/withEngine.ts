import { type Looking, startLooking } from '../worker/datasets/looking';
import { LocalEngine } from '../worker/localEngine';
import type { Installation } from './installation';
import { ProgressLine } from './progressLine';
import { cancelledMessage, printError } from './terminal';

/** What a command works with. */
export interface Workplace {
  readonly engine: LocalEngine;
  readonly progress: ProgressLine;
  /** Sources that are looked at tell what is done, and are given up at a signal. */
  readonly looking: Looking;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Signals that come together are one: a terminal and the programs between it and this one may each send it. */
const oneSignalMs = 250;
/** Work that is cancelled has so long to end by itself. */
const patienceMs = 450;

/**
 * Runs a command's work with an engine in this process, and closes everything afterwards, also when it fails. A signal
 * to stop cancels the work and cleans up. What has not ended then within moments, because a native call goes on, ends
 * with the process, and so does everything at another signal: what was begun is removed first.
 */
export async function withEngine<T>(
  installation: Installation,
  work: (workplace: Workplace) => Promise<T>,
): Promise<T> {
  const progress = new ProgressLine();
  const engine = new LocalEngine({ ...installation, onJob: (job) => progress.show(job) });
  const { cancel, ...looking } = startLooking((text) => progress.tell(text));
  let interrupted: number | undefined;
  let patience: NodeJS.Timeout | undefined;
  /** Results are there: only the project remains to be closed. */
  let done = false;
  const interrupt = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (interrupted !== undefined && now - interrupted > oneSignalMs) endAtOnce(signal, engine, progress);
    if (done) return;
    interrupted ??= now;
    patience ??= setTimeout(() => endAtOnce(signal, engine, progress), patienceMs);
    cancel();
    engine.cancel();
  };
  signals.forEach((signal) => process.on(signal, interrupt));
  try {
    const result = await work({ engine, progress, looking });
    done = true;
    if (patience !== undefined) clearTimeout(patience);
    progress.clear();
    await engine.finish();
    return result;
  } catch (error) {
    progress.clear();
    return await engine.giveUp(error);
  } finally {
    if (patience !== undefined) clearTimeout(patience);
    signals.forEach((signal) => process.removeListener(signal, interrupt));
  }
}

/**
 * Removes what was begun and ends the process by the signal itself, as the system does where nobody listens:
 * `process.exit` waits for every thread, and one in a native call does not come back before the call does. Results that
 * are being put in their places right now are waited for.
 */
function endAtOnce(signal: NodeJS.Signals, engine: LocalEngine, progress: ProgressLine): void {
  if (!engine.abandon()) {
    setTimeout(() => endAtOnce(signal, engine, progress), 10);
    return;
  }
  progress.clear();
  printError(cancelledMessage);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}
