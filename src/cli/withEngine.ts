import { CancelledError } from '../core/base/errors';
import { ComputeClient } from '../worker/compute/thread/computeClient';
import type { OpenProject, ProjectEnvironment } from '../worker/project/openProject';
import type { ProjectPlace } from '../worker/store/projectPlace';
import { isCommitting, removeUnfinished } from '../worker/store/unfinished';
import type { Installation } from './installation';
import { ProgressLine } from './progressLine';
import { cancelledMessage, printError } from './terminal';

/** The engine of one command. */
export interface CommandEngine {
  readonly environment: ProjectEnvironment;
  readonly progress: ProgressLine;
  /** The place is finished when the command's work succeeds, and discarded when it fails or is interrupted. */
  readonly hold: (place: ProjectPlace) => ProjectPlace;
  /** Closes the project with the engine, and cancels its jobs when the command is interrupted. */
  readonly keep: (project: OpenProject) => OpenProject;
  /** For steps that are no jobs. @throws CancelledError when the command was interrupted. */
  readonly throwIfInterrupted: () => void;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Signals that come together are one: a terminal and the programs between it and this one may each send it. */
const oneSignalMs = 250;
/** Work that is cancelled has so long to end by itself. */
const patienceMs = 450;

/**
 * Runs a command's work with an engine in this process, and closes everything afterwards, also when it fails. A signal to stop cancels the
 * work and cleans up. What has not ended then within moments, because a native call goes on, ends with the process, and so does everything at another
 * signal: what was begun is removed first.
 */
export async function withEngine<T>(
  { computeThread, version }: Installation,
  work: (engine: CommandEngine) => Promise<T>,
): Promise<T> {
  const progress = new ProgressLine();
  const compute = new ComputeClient({ threadPath: computeThread });
  let project: OpenProject | undefined;
  let place: ProjectPlace | undefined;
  let interrupted: number | undefined;
  let patience: NodeJS.Timeout | undefined;
  let closed = false;
  /** Results are there: only the project remains to be closed. */
  let done = false;
  const interrupt = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (interrupted !== undefined && now - interrupted > oneSignalMs) endAtOnce(signal, progress);
    if (done) return;
    interrupted ??= now;
    patience ??= setTimeout(() => endAtOnce(signal, progress), patienceMs);
    project?.jobs.cancelAll();
  };
  const throwIfInterrupted = (): void => {
    if (interrupted !== undefined) throw new CancelledError();
  };
  const close = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    progress.clear();
    await project?.close();
    await compute.close();
  };
  signals.forEach((signal) => process.on(signal, interrupt));
  try {
    const result = await work({
      environment: {
        compute,
        version,
        reviewer: () => '',
        emit: (event) => {
          if (event.kind !== 'job') return;
          progress.show(event.job);
          // A job that was begun after the signal.
          if (interrupted !== undefined && event.job.state === 'queued') project?.jobs.cancelAll();
        },
        onNews: () => undefined,
      },
      progress,
      hold: (held) => (place = held),
      keep: (opened) => {
        project = opened;
        throwIfInterrupted();
        return opened;
      },
      throwIfInterrupted,
    });
    done = true;
    if (patience !== undefined) clearTimeout(patience);
    await close();
    await place?.finish();
    return result;
  } catch (error) {
    await close().catch(() => undefined); // What happened first is told.
    await place?.discard();
    throw error;
  } finally {
    if (patience !== undefined) clearTimeout(patience);
    signals.forEach((signal) => process.removeListener(signal, interrupt));
  }
}

/**
 * Removes what was begun and ends the process by the signal itself, as the system does where nobody listens: `process.exit` waits for every thread, and one
 * in a native call does not come back before the call does. Results that are being put in their places right now are whole in a moment.
 */
function endAtOnce(signal: NodeJS.Signals, progress: ProgressLine): void {
  if (isCommitting()) {
    setTimeout(() => endAtOnce(signal, progress), 10);
    return;
  }
  progress.clear();
  removeUnfinished();
  printError(cancelledMessage);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}
