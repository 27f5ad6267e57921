import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';

/** Something a person can do, from the palette, a menu or a key. */
export interface Command {
  /**
   * Ids of menu commands: open, open-folder, open-project, undo, redo, help, about, palette, settings, export, home.
   * Others are free.
   */
  readonly id: string;
  /** "Undo “keep digit-0412”": as the palette shows it. */
  readonly title: string;
  /** Heading it stands under in the palette and in Help: "File", "Go to", "Review", … */
  readonly group: string;
  /** As for useShortcuts: "mod+z", "k". Shown; the binding itself is made with useShortcuts. */
  readonly keys?: string;
  /** Further words to find it by. */
  readonly words?: string;
  readonly enabled?: () => boolean;
  run(): void | Promise<void>;
}

/** Commands of the screens that are mounted. A later registration of the same id wins until it is taken back. */
export const useCommands = defineStore('commands', () => {
  const registered = shallowRef<readonly (readonly Command[])[]>([]);

  const commands = computed<readonly Command[]>(() => {
    const byId = new Map<string, Command>();
    for (const set of registered.value) {
      for (const command of set) byId.set(command.id, command);
    }
    return [...byId.values()];
  });

  /** @returns a function that takes the commands back; call it when the screen goes (see useCommandSet). */
  function register(set: readonly Command[]): () => void {
    registered.value = [...registered.value, set];
    return () => {
      registered.value = registered.value.filter((other) => other !== set);
    };
  }

  /** Runs a command if it is there and enabled. @returns whether it ran */
  function run(id: string): boolean {
    const command = commands.value.find((one) => one.id === id);
    if (command === undefined || command.enabled?.() === false) return false;
    void command.run();
    return true;
  }

  return { commands, register, run };
});
