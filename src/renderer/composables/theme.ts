import type { Ref } from 'vue';
import { onBeforeUnmount, readonly, ref, watchEffect } from 'vue';
import { useSettings } from '../stores/settings';

/** `contrast`: as far apart as colours can be, on black. */
type DrawnTheme = 'light' | 'dark' | 'contrast';

const drawn = ref<DrawnTheme>('light');

/** The theme drawn now, 'system' resolved. Charts watch it: they read their colours from the tokens when it changes. */
export function useDrawnTheme(): Readonly<Ref<DrawnTheme>> {
  return readonly(drawn);
}

/** Keeps `data-theme` on <html> as the settings, or the system, want it; for the application's root component. */
export function useTheme(): void {
  const settings = useSettings();
  const systemDark = useMediaQuery('(prefers-color-scheme: dark)');
  const systemContrast = useMediaQuery('(prefers-contrast: more)');
  const systemTheme = (): DrawnTheme => (systemContrast.value ? 'contrast' : systemDark.value ? 'dark' : 'light');
  watchEffect(
    () => {
      const theme = settings.theme === 'system' ? systemTheme() : settings.theme;
      document.documentElement.dataset['theme'] = theme;
      drawn.value = theme;
    },
    { flush: 'sync' },
  );
}

/** Whether the system says so, for as long as the component lives. */
function useMediaQuery(query: string): Readonly<Ref<boolean>> {
  const list = window.matchMedia(query);
  const matches = ref(list.matches);
  const onChange = (): void => {
    matches.value = list.matches;
  };
  list.addEventListener('change', onChange);
  onBeforeUnmount(() => list.removeEventListener('change', onChange));
  return readonly(matches);
}
