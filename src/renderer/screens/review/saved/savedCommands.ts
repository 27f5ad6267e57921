import { computed, onBeforeUnmount, onMounted, watch } from 'vue';
import { useShortcuts } from '../../../composables/shortcuts';
import { type Command, useCommands } from '../../../stores/commands';
import { useSaved } from '../../../stores/review/saved';
import { savedQuestion } from './savedQuestion';

/** Views that have a key: Alt and their place. */
const withKeys = 9;

/**
 * Saved views and work lists by palette and key, for as long as the component lives; `focusRows` gives the keys to the
 * rows that are shown then.
 */
export function useSavedCommands(focusRows: () => void): void {
  const saved = useSaved();
  const commands = useCommands();

  const openView = async (at: number): Promise<void> => {
    const view = saved.views[at];
    if (view === undefined) return;
    await saved.openView(view);
    focusRows();
  };
  useShortcuts(
    Object.fromEntries(Array.from({ length: withKeys }, (_, at) => [`alt+${at + 1}`, () => void openView(at)])),
  );

  const set = computed<Command[]>(() => [
    {
      id: 'save-view',
      title: 'Save this view…',
      group: 'Views',
      words: 'filter keep name',
      run: () => {
        savedQuestion.value = { kind: 'save-view' };
      },
    },
    {
      id: 'make-list',
      title: 'Make a work list…',
      group: 'Views',
      words: 'rows assign selection',
      run: () => {
        savedQuestion.value = { kind: 'make-list' };
      },
    },
    ...saved.views.map(({ id, name }, at) => ({
      id: `view-${id}`,
      title: `Open the view ${name}`,
      group: 'Views',
      ...(at < withKeys ? { keys: `alt+${at + 1}` } : {}),
      run: () => openView(at),
    })),
    ...saved.lists.map((list) => ({
      id: `list-${list.id}`,
      title: `Go on with the list ${list.name}`,
      group: 'Views',
      run: async () => {
        await saved.goOn(list);
        focusRows();
      },
    })),
  ]);

  let takeBack: (() => void) | null = null;
  const offer = (): void => {
    takeBack?.();
    takeBack = commands.register(set.value);
  };
  onMounted(() => {
    offer();
    void saved.load();
  });
  watch(set, () => {
    if (takeBack !== null) offer();
  });
  onBeforeUnmount(() => {
    takeBack?.();
    takeBack = null;
  });
}
