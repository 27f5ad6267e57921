import type { Settings } from '../contract/shell';

/** How the parts of a window that the system draws look: it has no theme of high contrast, which is dark. */
export function systemTheme(theme: Settings['theme']): 'system' | 'light' | 'dark' {
  return theme === 'contrast' ? 'dark' : theme;
}
