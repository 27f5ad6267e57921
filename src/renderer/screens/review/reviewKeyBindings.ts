import { onBeforeUnmount, onMounted } from 'vue';
import { isTyping } from '../../composables/shortcuts';
import { useUi } from '../../stores/ui';
import { commandForKey, type ReviewCommand } from './reviewKeys';

/** Parts that use letters and arrows themselves while they have the focus. */
const ownKeys = '[role="dialog"], [role="menu"], [role="listbox"], [role="slider"]';

function within(target: Element | null, selector: string): boolean {
  return target !== null && target.closest(selector) !== null;
}

/** Binds Review's keys for as long as the component lives; `run` says whether it used the key. */
export function useReviewKeys(run: (command: ReviewCommand) => boolean): void {
  const ui = useUi();

  function onKeydown(event: KeyboardEvent): void {
    if (event.defaultPrevented || ui.modalOpen) return;
    const command = commandForKey(event);
    if (command === null) return;
    const target = event.target instanceof Element ? event.target : null;
    if (isTyping(target)) {
      // A text field keeps its keys, Undo too; finding from within is the exception.
      if (command.kind !== 'find') return;
    } else if (within(target, ownKeys) && !event.ctrlKey && !event.metaKey) {
      return;
    } else if (event.key === ' ' && within(target, 'button, a, summary, input, [role="separator"]')) {
      // Space presses what has the focus.
      return;
    }
    if (run(command)) event.preventDefault();
  }

  onMounted(() => window.addEventListener('keydown', onKeydown));
  onBeforeUnmount(() => window.removeEventListener('keydown', onKeydown));
}
