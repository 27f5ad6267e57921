import type { ProjectStore } from '../store/projectStore';
import type { StartedJob } from './jobQueue';

/** Keeps the job's start and end in the project, so that an interrupted one is known after a crash. */
export function recordJob(store: ProjectStore, started: StartedJob<unknown>, kind: string): void {
  const base = { id: started.id, kind, startedAt: new Date().toISOString() };
  const save = (state: string, message: string): void => {
    const finishedAt = state === 'running' ? null : new Date().toISOString();
    store.jobs.save({ ...base, finishedAt, state, message }).catch(() => undefined);
  };
  save('running', '');
  started.result.then(
    () => save('done', ''),
    (error: unknown) => save(started.job.snapshot.state, error instanceof Error ? error.message : String(error)),
  );
}
