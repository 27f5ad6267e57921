import { CancelledError } from '../core/base/errors';
import { ComputeClient } from '../worker/compute/computeClient';
import type { OpenProject, ProjectEnvironment } from '../worker/openProject';
import type { ProjectPlace } from '../worker/store/projectPlace';
import type { Installation } from './installation';
import { ProgressLine } from './progressLine';

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
const oneSignalMs = 1_000;

/**
 * Runs a command's work with an engine in this process, and closes everything afterwards, also when it fails. A signal to stop cancels the
 * work and cleans up; another one, more than a second later, ends the process at once.
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
  let closed = false;
  const interrupt = (): void => {
    const now = performance.now();
    if (interrupted !== undefined && now - interrupted > oneSignalMs) process.exit(130);
    interrupted ??= now;
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
    await close();
    await place?.finish();
    return result;
  } catch (error) {
    await close().catch(() => undefined); // What happened first is told.
    await place?.discard();
    throw error;
  } finally {
    signals.forEach((signal) => process.removeListener(signal, interrupt));
  }
}
