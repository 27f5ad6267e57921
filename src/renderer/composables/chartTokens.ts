import type { ComputedRef } from 'vue';
import { computed } from 'vue';
import { useDrawnTheme } from './theme';

interface ChartTokens {
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly grid: string;
  readonly surface: string;
  readonly raised: string;
  readonly accent: string;
  readonly warn: string;
  readonly font: string;
  readonly fontSize: number;
}

/** The design tokens a chart needs, as values: read again whenever the theme changes. */
export function useChartTokens(): ComputedRef<ChartTokens> {
  const theme = useDrawnTheme();
  return computed(() => {
    // Named, so that the tokens are read again for each theme.
    void theme.value;
    const style = getComputedStyle(document.documentElement);
    const token = (name: string): string => style.getPropertyValue(name).trim();
    return {
      text: token('--color-text'),
      muted: token('--color-text-faint'),
      line: token('--color-border-strong'),
      grid: token('--color-border'),
      surface: token('--color-surface'),
      raised: token('--color-raised'),
      accent: token('--color-accent'),
      warn: token('--color-warn'),
      font: token('--font-family-ui'),
      fontSize: Number.parseFloat(token('--font-size-xs')),
    };
  });
}
