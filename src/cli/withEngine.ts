import { ComputeClient } from '../worker/compute/computeClient';
import type { OpenProject, ProjectEnvironment } from '../worker/openProject';
import type { Installation } from './installation';
import { ProgressLine } from './progressLine';

/** The engine of one command. */
export interface CommandEngine {
  readonly environment: ProjectEnvironment;
  readonly progress: ProgressLine;
  /** Closes the project with the engine, and cancels its jobs when the command is interrupted. */
  readonly keep: (project: OpenProject) => OpenProject;
}

/** Runs a command's work with an engine in this process, and closes everything afterwards, also when it fails. */
export async function withEngine<T>(
  { computeThread, version }: Installation,
  work: (engine: CommandEngine) => Promise<T>,
): Promise<T> {
  const progress = new ProgressLine();
  const compute = new ComputeClient({ threadPath: computeThread });
  let project: OpenProject | undefined;
  const interrupt = (): void => project?.jobs.cancelAll();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    return await work({
      environment: {
        compute,
        version,
        reviewer: () => '',
        emit: (event) => {
          if (event.kind === 'job') progress.show(event.job);
        },
        onNews: () => undefined,
      },
      progress,
      keep: (opened) => (project = opened),
    });
  } finally {
    process.removeListener('SIGINT', interrupt);
    process.removeListener('SIGTERM', interrupt);
    progress.clear();
    await project?.close();
    await compute.close();
  }
}
