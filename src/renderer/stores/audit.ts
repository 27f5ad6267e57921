import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import type { AuditEstimate, AuditSettings, EncoderKind } from '../../contract/audit';
import { auditSettingsSchema } from '../../contract/audit';
import { CancelledError } from '../../core/base/errors';
import { engineClient } from '../client/engineClient';
import { isQuiet } from '../client/quietErrors';
import { shellClient } from '../client/shellClient';
import { isRunning, useJobs } from './jobs';
import { useSession } from './session';

/** Milliseconds without a change before an estimate is asked for. */
const pause = 250;

interface OwnEncoder {
  readonly grant: string;
  readonly name: string;
}

/** The settings of the next audit, what it will need, and the run itself. Its result is `session.audit`. */
export const useAudit = defineStore('audit', () => {
  const session = useSession();
  const jobs = useJobs();

  const settings = ref<AuditSettings>(auditSettingsSchema.parse({}));
  const estimate = shallowRef<AuditEstimate | null>(null);
  const estimateError = shallowRef<unknown>(null);
  const startError = shallowRef<unknown>(null);
  const starting = ref(false);

  /** Encoders of the analyst's own, in place of those that set-up brought. */
  const encoders = shallowRef<Readonly<Partial<Record<EncoderKind, OwnEncoder>>>>({});

  const job = computed(() => jobs.audit);
  const running = computed(() => starting.value || isRunning(jobs.audit));
  /** Why an audit cannot start now, in words; '' when it can. */
  const hindrance = computed(() => {
    const data = session.dataset;
    if (data === null) return 'No data is open.';
    if (!data.complete && isRunning(jobs.load)) {
      return 'The file is still being read; the audit can start when that is done.';
    }
    if (data.blocked !== null) return data.blocked;
    if (!data.complete) return 'The file was not read to its end. Read it again on the Data screen.';
    if (settings.value.experts !== 'auto' && settings.value.experts.length === 0)
      return 'Choose at least one expert for the ranking.';
    return '';
  });

  // Another project, or the same one opened again: its own last settings stand.
  watch(
    () => session.generation,
    () => {
      settings.value = auditSettingsSchema.parse(session.audit?.settings ?? {});
      estimate.value = null;
      estimateError.value = null;
      startError.value = null;
    },
    { immediate: true },
  );

  // An engine that was started again goes on with them; another project does not.
  watch(
    () => session.folder,
    () => {
      encoders.value = {};
    },
  );

  /**
   * Asks for a file, and takes it as the encoder of texts or of pictures.
   * @throws what is wrong with it, in words.
   */
  async function chooseEncoder(kind: EncoderKind): Promise<void> {
    const { folder } = session;
    const picked = await shellClient.call('pickEncoder', {});
    if (picked === null) return;
    const { name } = await engineClient.call('audit.checkEncoder', { grant: picked.grant, kind });
    if (folder === session.folder) encoders.value = { ...encoders.value, [kind]: { grant: picked.grant, name } };
  }

  function leaveEncoder(kind: EncoderKind): void {
    encoders.value = { ...encoders.value, [kind]: undefined };
  }

  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;

  /** Asks anew what the audit needs, once the settings and the data have been still for a moment. */
  function requestEstimate(): void {
    clearTimeout(timer);
    const mine = ++asked;
    if (session.dataset?.complete !== true || session.dataset.blocked !== null) {
      estimate.value = null;
      estimateError.value = null;
      return;
    }
    timer = setTimeout(() => {
      void engineClient.call('audit.estimate', { settings: settings.value }).then(
        (answer) => {
          if (mine !== asked) return;
          estimate.value = answer;
          estimateError.value = null;
        },
        (error: unknown) => {
          if (mine !== asked) return;
          estimate.value = null;
          estimateError.value = isQuiet(error) ? null : error;
        },
      );
    }, pause);
  }

  watch([settings, () => session.dataset], requestEstimate, { deep: 1, immediate: true });

  function change(part: Partial<AuditSettings>): void {
    settings.value = { ...settings.value, ...part };
  }

  /** Starts the audit; its progress comes as the job `audit` of the jobs store. */
  async function start(): Promise<void> {
    if (running.value || hindrance.value !== '') return;
    starting.value = true;
    startError.value = null;
    try {
      const own = [encoders.value.text, encoders.value.pictures].flatMap((one) => one?.grant ?? []);
      await engineClient.call('audit.start', { settings: settings.value, encoders: own });
    } catch (error) {
      if (!(error instanceof CancelledError)) startError.value = error;
    } finally {
      starting.value = false;
    }
  }

  async function cancel(): Promise<void> {
    const current = jobs.audit;
    if (current !== null && isRunning(current)) await jobs.cancel(current.id);
  }

  return {
    settings,
    estimate,
    estimateError,
    startError,
    starting,
    encoders,
    job,
    running,
    hindrance,
    change,
    chooseEncoder,
    leaveEncoder,
    start,
    cancel,
  };
});
