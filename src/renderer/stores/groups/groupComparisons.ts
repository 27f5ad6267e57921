import { defineStore } from 'pinia';
import { ref } from 'vue';
import { engineClient } from '../../client/engineClient';
import { useJobs } from '../jobs';
import { keepRuns } from '../keptRuns';
import { reviewThreshold } from '../review/reviewThreshold';

/** Groups of rows by a column, compared: the comparison being made, and those kept in the project. */
export const useGroupComparisons = defineStore('groupComparisons', () => {
  const jobs = useJobs();
  /** Groups that are left out in turn by training again. */
  const retrainings = ref(6);
  const kept = keepRuns({
    job: () => jobs.comparing,
    read: async () => (await engineClient.call('groups.list', {})).comparisons,
  });

  /** Compares the rows of each value of a column, by its place in the file. */
  async function compare(column: number): Promise<void> {
    await kept.start(() =>
      engineClient.call('groups.start', { column, retrainings: retrainings.value, threshold: reviewThreshold() }),
    );
  }

  return { ...kept, retrainings, compare };
});
