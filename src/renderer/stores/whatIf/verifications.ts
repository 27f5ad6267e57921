import { defineStore } from 'pinia';
import { ref } from 'vue';
import { engineClient } from '../../client/engineClient';
import { useJobs } from '../jobs';
import { keepRuns } from '../keptRuns';
import { useWhatIf } from './whatIf';

/** Verifications by retraining: the one that runs, and those kept in the project. */
export const useVerifications = defineStore('verifications', () => {
  const whatIf = useWhatIf();
  const jobs = useJobs();

  const repeats = ref(20);
  const seed = ref(7);
  const kept = keepRuns({
    job: () => jobs.verifying,
    read: async () => (await engineClient.call('verify.list', {})).verifications,
  });

  /** Retrains without the rows that the screen is about now. */
  async function start(): Promise<void> {
    await kept.start(async () => {
      const subject = await whatIf.resolve();
      if (subject.count === 0) return null;
      return engineClient.call('verify.start', {
        selection: subject.selection,
        repeats: repeats.value,
        seed: seed.value,
        chosenBy: subject.words,
      });
    });
  }

  return { ...kept, repeats, seed, start };
});
