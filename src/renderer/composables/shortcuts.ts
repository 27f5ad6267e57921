import { onBeforeUnmount, onMounted } from 'vue';
import { useUi } from '../stores/ui';

/**
 * Keys by combination: "mod+k" (Ctrl, on a Mac ⌘), "mod+shift+z", "alt+1", "escape", "arrowdown", "?", "k". Letters are
 * given in lower case and mean the character typed, so that they work on every keyboard layout.
 */
type Shortcuts = Readonly<Record<string, (event: KeyboardEvent) => void>>;

interface ShortcutOptions {
  /** Also while a modal dialog is open; false by default. */
  readonly inDialogs?: boolean;
}

/** What {@link matchesKeys} looks at of a KeyboardEvent. */
interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

const isMac = typeof navigator !== 'undefined' && navigator.userAgent.includes('Mac OS X');

export function matchesKeys(press: KeyPress, keys: string, mac = isMac): boolean {
  const parts = keys === '+' ? ['+'] : keys.toLowerCase().split('+');
  const key = parts[parts.length - 1] ?? '';
  const wants = (name: string): boolean => parts.slice(0, -1).includes(name);
  const mod = mac ? press.metaKey : press.ctrlKey;
  const otherMod = mac ? press.ctrlKey : press.metaKey;
  if (wants('mod') !== mod || otherMod || wants('alt') !== press.altKey) return false;
  // A character such as "?" already says whether Shift was needed for it; letters and named keys do not.
  const shiftMatters = key.length > 1 || /[a-z0-9]/.test(key);
  if (shiftMatters && wants('shift') !== press.shiftKey) return false;
  const pressed = press.key === ' ' ? 'space' : press.key.toLowerCase();
  return pressed === key;
}

/** Whether keys typed there are text: plain keys must not act then. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'range'].includes(target.type);
}

/**
 * Binds keys for as long as the component lives. While text is typed only combinations with Ctrl/⌘ or Alt act (Undo is
 * left to the text field then); while a modal dialog is open none, unless `inDialogs`.
 */
export function useShortcuts(shortcuts: Shortcuts, options: ShortcutOptions = {}): void {
  const ui = useUi();

  function onKeydown(event: KeyboardEvent): void {
    if (event.defaultPrevented) return;
    if (ui.modalOpen && options.inDialogs !== true) return;
    for (const [keys, run] of Object.entries(shortcuts)) {
      if (!matchesKeys(event, keys)) continue;
      if (isTyping(event.target) && (!/mod|alt/.test(keys) || keys.endsWith('+z'))) continue;
      event.preventDefault();
      run(event);
      return;
    }
  }

  onMounted(() => window.addEventListener('keydown', onKeydown));
  onBeforeUnmount(() => window.removeEventListener('keydown', onKeydown));
}

/** "mod+shift+z" as people read it: "Ctrl Shift Z", on a Mac "⌘ ⇧ Z". */
export function formatKeys(keys: string, mac = isMac): string {
  const names: Record<string, string> = {
    mod: mac ? '⌘' : 'Ctrl',
    shift: mac ? '⇧' : 'Shift',
    alt: mac ? '⌥' : 'Alt',
    escape: 'Esc',
    enter: '↵',
    space: 'Space',
    arrowup: '↑',
    arrowdown: '↓',
    arrowleft: '←',
    arrowright: '→',
    pageup: 'PgUp',
    pagedown: 'PgDn',
  };
  if (keys === '+') return '+';
  return keys
    .split('+')
    .map((part) => names[part.toLowerCase()] ?? (part.length === 1 ? part.toUpperCase() : part))
    .join(' ');
}

/** For aria-keyshortcuts: "mod+k" → "Control+K". */
export function ariaKeys(keys: string, mac = isMac): string {
  return keys
    .split('+')
    .map((part) => {
      const lower = part.toLowerCase();
      if (lower === 'mod') return mac ? 'Meta' : 'Control';
      return part.length === 1 ? part.toUpperCase() : part.charAt(0).toUpperCase() + part.slice(1);
    })
    .join('+');
}
