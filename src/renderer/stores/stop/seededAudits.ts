import { defineStore } from 'pinia';
import { engineClient } from '../../client/engineClient';
import { useJobs } from '../jobs';
import { keepRuns } from '../keptRuns';
import { reviewThreshold } from '../review/reviewThreshold';

/** Audits of copies with planted errors: the one that runs, and those kept in the project. */
export const useSeededAudits = defineStore('seededAudits', () => {
  const jobs = useJobs();
  const kept = keepRuns({
    job: () => jobs.seeding,
    read: async () => (await engineClient.call('seeded.list', {})).seeded,
  });

  async function run(): Promise<void> {
    await kept.start(() => engineClient.call('seeded.start', { threshold: reviewThreshold() }));
  }

  return { ...kept, run };
});
