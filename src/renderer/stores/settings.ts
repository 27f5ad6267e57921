import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { Settings } from '../../contract/shell';
import { shellClient } from '../client/shellClient';
import { useToasts } from './toasts';

/** What the person has chosen for every project: theme, reviewer name, advancing. Kept by the main process. */
export const useSettings = defineStore('settings', () => {
  const theme = ref<Settings['theme']>('system');
  const reviewer = ref('');
  const advance = ref(true);
  const toldOutdated = ref('');
  const toured = ref(false);
  const loaded = ref(false);

  function take(settings: Settings): void {
    theme.value = settings.theme;
    reviewer.value = settings.reviewer;
    advance.value = settings.advance;
    toldOutdated.value = settings.toldOutdated;
    toured.value = settings.toured;
    loaded.value = true;
  }

  async function load(): Promise<void> {
    try {
      take(await shellClient.call('settings', {}));
    } catch (error) {
      useToasts().showError('Settings could not be read; the defaults are used', error);
    }
  }

  /** Shows the change at once and keeps it; takes it back where it could not be kept. */
  async function save(change: Partial<Settings>): Promise<void> {
    const before: Settings = {
      theme: theme.value,
      reviewer: reviewer.value,
      advance: advance.value,
      toldOutdated: toldOutdated.value,
      toured: toured.value,
    };
    const after: Settings = { ...before, ...change };
    take(after);
    try {
      take(await shellClient.call('saveSettings', after));
    } catch (error) {
      take(before);
      useToasts().showError('The setting could not be saved', error);
    }
  }

  return { theme, reviewer, advance, toldOutdated, toured, loaded, load, save };
});
