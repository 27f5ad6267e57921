import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { RecentProject, Sample } from '../../contract/shell';
import { shellClient } from '../client/shellClient';
import { useToasts } from './toasts';

/** What Home offers besides opening a file: projects worked on before, and the bundled samples. */
export const useRecents = defineStore('recents', () => {
  const projects = shallowRef<readonly RecentProject[]>([]);
  const samples = shallowRef<readonly Sample[]>([]);
  const loaded = ref(false);

  async function load(): Promise<void> {
    try {
      [projects.value, samples.value] = await Promise.all([
        shellClient.call('recentProjects', {}),
        shellClient.call('samples', {}),
      ]);
    } catch (error) {
      useToasts().showError('The recent projects could not be read', error);
    } finally {
      loaded.value = true;
    }
  }

  /** Takes a project off the list; its folder stays where it is. */
  async function forget(id: string): Promise<void> {
    const before = projects.value;
    projects.value = before.filter((project) => project.id !== id);
    try {
      await shellClient.call('forgetRecent', { id });
    } catch (error) {
      projects.value = before;
      useToasts().showError('The project could not be taken off the list', error);
    }
  }

  return { projects, samples, loaded, load, forget };
});
