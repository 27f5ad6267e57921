import { computed, onBeforeUnmount, onMounted, type Ref, ref } from 'vue';
import {
  clampOffset,
  makeScrollScale,
  offsetOfScrollTop,
  offsetToReveal,
  scrollTopOfOffset,
  visiblePlaces,
} from './scrollScale';

interface VirtualLinesOptions {
  readonly scroller: Ref<HTMLElement | null>;
  /** Height of a line in CSS pixels, all alike. */
  readonly lineHeight: () => number;
  readonly lineCount: () => number;
  /** What sticks above the lines, in CSS pixels. */
  readonly headHeight?: () => number;
  /** Lines drawn beyond the window on both sides, so that a fast wheel does not show bare ground. */
  readonly overscan: number;
  /** Where the window stood before. */
  readonly startOffset?: number;
  /** Told when the element that scrolls has another size, before lines are drawn for it. */
  readonly onMeasure?: (element: HTMLElement) => void;
  /** Told which lines are drawn, and where the window stands within all of them. */
  readonly onDraw: (start: number, end: number, offset: number) => void;
}

/** Lines are placed from the nearest multiple of this: numbers stay small enough for exact drawing. */
const anchorStep = 1000;

/** Lines of one height of which only those near the window are drawn, so that a million costs what forty do. */
export function useVirtualLines(options: VirtualLinesOptions) {
  const { scroller, lineHeight, lineCount } = options;
  const viewportHeight = ref(0);
  const viewportWidth = ref(0);
  const start = ref(0);
  const end = ref(0);
  const layerTop = ref(0);
  /** Top of the window within the lines; not reactive, it changes with every pixel. */
  let offset = options.startOffset ?? 0;

  const scale = computed(() => makeScrollScale(lineCount(), lineHeight(), viewportHeight.value));
  /** Lines are reused as they leave and enter: drawing changes text, it does not build elements. */
  const pool = computed(() => Math.ceil(viewportHeight.value / lineHeight()) + 2 * options.overscan + 2);
  const base = computed(() => Math.floor(start.value / anchorStep) * anchorStep);

  function draw(): void {
    const now = scale.value;
    const rowHeight = lineHeight();
    const range = visiblePlaces(now, offset, { rowHeight, rowCount: lineCount(), overscan: options.overscan });
    start.value = range.start;
    end.value = range.end;
    const anchor = Math.floor(range.start / anchorStep) * anchorStep * rowHeight;
    layerTop.value = now.scaled ? (scroller.value?.scrollTop ?? 0) + anchor - offset : anchor;
    options.onDraw(range.start, range.end, offset);
  }

  function scrollTo(next: number): void {
    offset = clampOffset(scale.value, next);
    const element = scroller.value;
    if (element !== null) {
      const top = scrollTopOfOffset(scale.value, offset);
      if (Math.abs(element.scrollTop - top) >= 0.5) element.scrollTop = top;
    }
    draw();
  }

  function onScroll(): void {
    const element = scroller.value;
    if (element === null) return;
    const expected = scrollTopOfOffset(scale.value, offset);
    // Our own scrolling comes back as an event; only someone else's moves the lines.
    if (Math.abs(element.scrollTop - expected) < 1.5) {
      if (scale.value.scaled) draw();
      return;
    }
    offset = offsetOfScrollTop(scale.value, element.scrollTop);
    draw();
  }

  /** In a list taller than the scroll bar can measure, one notch of the wheel still moves by lines. */
  function onWheel(event: WheelEvent): void {
    if (!scale.value.scaled || event.ctrlKey || event.shiftKey || event.deltaY === 0) return;
    event.preventDefault();
    const unit = event.deltaMode === 1 ? lineHeight() : event.deltaMode === 2 ? viewportHeight.value : 1;
    scrollTo(offset + event.deltaY * unit);
  }

  /** Scrolls no further than needed for a line to be seen whole. */
  function reveal(line: number): void {
    if (line >= 0) scrollTo(offsetToReveal(scale.value, offset, line, lineHeight()));
  }

  /** Draws again where the window stands: the lines, or their height, are others. */
  function redraw(): void {
    scrollTo(offset);
  }

  function measure(): void {
    const element = scroller.value;
    if (element === null) return;
    viewportWidth.value = element.clientWidth;
    options.onMeasure?.(element);
    viewportHeight.value = Math.max(0, element.clientHeight - (options.headHeight?.() ?? 0));
    redraw();
  }

  let observer: ResizeObserver | null = null;
  onMounted(() => {
    observer = new ResizeObserver(measure);
    if (scroller.value !== null) {
      observer.observe(scroller.value);
      scroller.value.addEventListener('wheel', onWheel, { passive: false });
    }
    measure();
  });
  onBeforeUnmount(() => {
    observer?.disconnect();
    scroller.value?.removeEventListener('wheel', onWheel);
  });

  return { start, end, base, layerTop, pool, scale, viewportWidth, viewportHeight, onScroll, reveal, redraw };
}
