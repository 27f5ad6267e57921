import { onBeforeUnmount, onMounted, type Ref, ref } from 'vue';

/** The width of an element in CSS pixels, as it is laid out; 0 before. */
export function useWidth(element: Ref<HTMLElement | null>): Ref<number> {
  const width = ref(0);
  let observer: ResizeObserver | null = null;
  onMounted(() => {
    if (element.value === null) return;
    observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) width.value = entry.contentRect.width;
    });
    observer.observe(element.value);
  });
  onBeforeUnmount(() => observer?.disconnect());
  return width;
}

/** Round numbers from 0 to `end`, about `count` of them. */
export function ticksTo(end: number, count: number): number[] {
  const rough = end / count;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * ([1, 2, 5, 10].find((one) => one * unit >= rough - 1e-12) ?? 10);
  return Array.from({ length: Math.floor(end / step + 1e-9) + 1 }, (_, k) => k * step);
}

/** Heights of labels, in the order given, moved apart so that none covers another, within `low` and `high`. */
export function spreadLabels(wanted: readonly number[], gap: number, low: number, high: number): number[] {
  const order = [...wanted.keys()].sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
  const placed: number[] = [];
  order.forEach((label, k) => {
    const before = placed[order[k - 1] ?? -1];
    placed[label] = Math.max(wanted[label] ?? 0, before === undefined ? low : before + gap);
  });
  let limit = high;
  for (const label of [...order].reverse()) {
    placed[label] = Math.min(placed[label] ?? 0, limit);
    limit = placed[label] - gap;
  }
  return placed;
}

/** "M1,2L3,4…" through points. */
export function pathOf(points: readonly (readonly [x: number, y: number])[]): string {
  return points.map(([x, y], k) => `${k === 0 ? 'M' : 'L'}${x.toFixed(1)},${y.toFixed(1)}`).join('');
}
