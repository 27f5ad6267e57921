import { defineStore } from 'pinia';
import { shallowRef, watch } from 'vue';
import type { ReportMarks, ReportRunKind } from '../../contract/report';
import { engineClient } from '../client/engineClient';
import { isQuiet } from '../client/quietErrors';
import { useSession } from './session';
import { useToasts } from './toasts';

/** Runs marked to be in the report; the project remembers them. */
export const useReportMarks = defineStore('reportMarks', () => {
  const session = useSession();
  const toasts = useToasts();

  /** null: not read yet. */
  const marks = shallowRef<ReportMarks | null>(null);
  let latest = 0;

  /** Takes up what the engine answers, unless another question was asked since, or another project opened. */
  async function ask(question: () => Promise<ReportMarks>, failed: string): Promise<void> {
    const mine = ++latest;
    const asked = session.generation;
    try {
      const found = await question();
      if (mine === latest && asked === session.generation) marks.value = found;
    } catch (error) {
      if (asked === session.generation && !isQuiet(error)) toasts.showError(failed, error);
    }
  }

  async function load(): Promise<void> {
    if (marks.value === null) await ask(() => engineClient.call('report.marks', {}), 'Marks could not be read');
  }

  function isMarked(kind: ReportRunKind, id: string): boolean {
    return marks.value?.[kind].includes(id) ?? false;
  }

  async function toggle(kind: ReportRunKind, id: string): Promise<void> {
    const marked = !isMarked(kind, id);
    await ask(() => engineClient.call('report.mark', { kind, id, marked }), 'The report was left as it was');
  }

  watch(
    () => session.folder,
    () => {
      latest += 1;
      marks.value = null;
    },
    { flush: 'sync' },
  );

  return { marks, load, isMarked, toggle };
});
