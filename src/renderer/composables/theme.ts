import type { Ref } from 'vue';
import { onBeforeUnmount, readonly, ref, watchEffect } from 'vue';
import { useSettings } from '../stores/settings';

const drawn = ref<'light' | 'dark'>('light');

/** The theme drawn now, 'system' resolved. Charts watch it: they read their colours from the tokens when it changes. */
export function useDrawnTheme(): Readonly<Ref<'light' | 'dark'>> {
  return readonly(drawn);
}

/** Keeps `data-theme` on <html> as the settings, or the system, want it; for the application's root component. */
export function useTheme(): void {
  const settings = useSettings();
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const systemDark = ref(dark.matches);
  const onChange = (): void => {
    systemDark.value = dark.matches;
  };
  dark.addEventListener('change', onChange);
  onBeforeUnmount(() => dark.removeEventListener('change', onChange));
  watchEffect(
    () => {
      const theme = settings.theme === 'system' ? (systemDark.value ? 'dark' : 'light') : settings.theme;
      document.documentElement.dataset['theme'] = theme;
      drawn.value = theme;
    },
    { flush: 'sync' },
  );
}
