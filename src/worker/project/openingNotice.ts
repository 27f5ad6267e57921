import { CancelledError } from '../../core/base/errors';
import { findSource } from '../datasets/findSource';
import type { Looking } from '../datasets/looking';
import type { ProjectStore } from '../store/projectStore';
import { isSameSource, type Origin } from './projectFolders';

/**
 * What an analyst should know of a project that is opened again: an audit that was interrupted, a data file that
 * changed or went.
 * @throws CancelledError
 */
export async function describeOpening(store: ProjectStore, origin: Origin, looking: Looking): Promise<string> {
  const notices: string[] = [...store.log.notices];
  const [latest] = (await store.jobs.latest(10)).filter((job) => job.kind === 'audit');
  if (latest !== undefined && latest.state === 'running') {
    notices.push(
      store.audits.latest === null
        ? 'The last audit was interrupted. Run it again.'
        : 'The last audit was interrupted; the one before it is shown. Your decisions are all here.',
    );
  }
  try {
    if (!isSameSource((await findSource(origin.path, origin.embeddings, looking)).stamp, origin)) {
      notices.push(
        `${origin.path} has changed since it was read: the project shows it as it was${origin.listing === undefined ? ', and cannot export a cleaned copy' : ''}.`,
      );
    }
  } catch (error) {
    if (error instanceof CancelledError) throw error;
    notices.push(
      origin.listing === undefined
        ? `${origin.path} is no longer there: put it back to export a cleaned copy.`
        : `${origin.path} is no longer there, or cannot be read: the project shows it as it was.`,
    );
  }
  return notices.join(' ');
}
