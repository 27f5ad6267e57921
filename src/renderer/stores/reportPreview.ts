import { defineStore } from 'pinia';
import { ref, shallowRef, watch } from 'vue';
import type { ReportPreview } from '../../contract/report';
import { engineClient } from '../client/engineClient';
import { isQuiet } from '../client/quietErrors';
import { LatestRunner } from './review/latestRunner';
import { reviewThreshold } from './review/reviewThreshold';
import { useSession } from './session';

/** The report as it would be written now, at the threshold of the review. */
export const useReportPreview = defineStore('reportPreview', () => {
  const session = useSession();

  const preview = shallowRef<ReportPreview | null>(null);
  const error = shallowRef<unknown>(null);
  const asking = ref(false);

  const runner = new LatestRunner<number, ReportPreview>({
    run: (threshold) => engineClient.call('report.preview', { threshold }),
    onAnswer: (answer) => {
      preview.value = answer;
      error.value = null;
      asking.value = false;
    },
    onError: (failure) => {
      asking.value = false;
      if (!isQuiet(failure)) error.value = failure;
    },
    quiet: 0,
  });

  /** Asks for it; what is shown stays until the answer comes. */
  function load(): void {
    asking.value = true;
    runner.wish(reviewThreshold());
  }

  watch(
    () => session.folder,
    () => {
      runner.cancel();
      preview.value = null;
      error.value = null;
      asking.value = false;
    },
    { flush: 'sync' },
  );

  return { preview, error, asking, load };
});
