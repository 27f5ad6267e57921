import { computed, type ComputedRef } from 'vue';
import { useDrawnTheme } from '../../../composables/theme';
import { useReviewMap } from '../../../stores/review/reviewMap';
import { colourNames, colourNumbers, type ColourTable, type MapInks, parseHex } from './mapColours';

/** The tokens that colours of a map are made of: read again whenever the theme changes. */
export function useMapInks(): ComputedRef<MapInks> {
  const theme = useDrawnTheme();
  return computed(() => {
    // Named, so that the tokens are read again for each theme.
    void theme.value;
    const style = getComputedStyle(document.documentElement);
    const token = (name: string) => parseHex(style.getPropertyValue(name));
    return {
      surface: token('--color-surface'),
      text: token('--color-text'),
      nothing: token('--color-border-control'),
      accent: token('--color-accent'),
      good: token('--color-good'),
      bad: token('--color-bad'),
      warn: token('--color-warn'),
      low: token('--color-border-strong'),
      categories: [
        token('--color-category-0'),
        token('--color-category-1'),
        token('--color-category-2'),
        token('--color-category-3'),
        token('--color-category-4'),
        token('--color-category-5'),
        token('--color-category-6'),
        token('--color-category-7'),
        token('--color-category-8'),
        token('--color-category-9'),
      ],
    };
  });
}

/** The colours of the rows as they are chosen; null while their values are not read. */
export function useMapColours(): ComputedRef<ColourTable | null> {
  const map = useReviewMap();
  const inks = useMapInks();
  return computed(() => {
    if (map.values === null) return null;
    const { by, values } = map.values;
    return values.names === null
      ? colourNumbers(values.values, by, inks.value)
      : colourNames(values.values, values.names, by, inks.value);
  });
}
