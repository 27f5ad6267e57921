import { defineStore } from 'pinia';
import { computed, ref, type WritableComputedRef } from 'vue';

type DialogName = 'help' | 'about' | 'settings' | 'palette';

/** Which of the application's own dialogs is open, and how many modal dialogs there are in all. */
export const useUi = defineStore('ui', () => {
  const dialog = ref<DialogName | null>(null);
  const modals = ref(0);
  /** While true, the keys of the screens do nothing (see useShortcuts). */
  const modalOpen = computed(() => modals.value > 0);

  function openDialog(name: DialogName): void {
    dialog.value = name;
  }
  function closeDialog(): void {
    dialog.value = null;
  }
  function modalOpened(): void {
    modals.value += 1;
  }
  function modalClosed(): void {
    modals.value = Math.max(0, modals.value - 1);
  }

  return { dialog, modalOpen, openDialog, closeDialog, modalOpened, modalClosed };
});

/** Whether one of the application's own dialogs is open, as its `v-model:open`. */
export function useDialogOpen(name: DialogName): WritableComputedRef<boolean> {
  const ui = useUi();
  return computed({
    get: () => ui.dialog === name,
    set: (now) => (now ? ui.openDialog(name) : ui.closeDialog()),
  });
}
