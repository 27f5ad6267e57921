import { onBeforeUnmount, onMounted } from 'vue';
import type { Command } from '../stores/commands';
import { useCommands } from '../stores/commands';

/** Offers commands in the palette and to the menu for as long as the component lives. */
export function useCommandSet(set: readonly Command[]): void {
  const commands = useCommands();
  let takeBack: (() => void) | null = null;
  onMounted(() => {
    takeBack = commands.register(set);
  });
  onBeforeUnmount(() => takeBack?.());
}
