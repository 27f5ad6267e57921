import { computed, onBeforeUnmount, onMounted, type Ref, shallowRef, watch } from 'vue';
import { useChartTokens } from '../../../composables/chartTokens';
import { useReviewMap } from '../../../stores/review/reviewMap';
import { useReviewView } from '../../../stores/review/reviewView';
import { useSession } from '../../../stores/session';
import { type Camera, closeness, extentOf, fitCamera, type Point } from './camera';
import { findAnchors } from './classAnchors';
import { drawAxes, drawFocus, drawNames, drawOutline } from './drawOverlay';
import { type Drawing, drawPoints, type LayerLook, makeDrawing } from './drawPoints';
import { type ColourTable, packColour, toCss, unpack } from './mapColours';
import { layPoints } from './pointLayers';
import { useMapInks } from './useMapColours';

/** Names of so many classes stand in the map at most. */
const mostNames = 30;
/** Beyond so many points their edges are not smooth. */
const mostSmooth = 40_000;

interface DrawingOptions {
  readonly canvas: Ref<HTMLCanvasElement | null>;
  readonly table: () => ColourTable;
  /** The line that is being drawn around points, CSS pixels. */
  readonly outline: Ref<readonly Point[]>;
}

/** The points of the map on its canvas, drawn anew in the next frame whenever something of them changes. */
export function useMapDrawing({ canvas, table, outline }: DrawingOptions) {
  const map = useReviewMap();
  const list = useReviewView();
  const session = useSession();
  const inks = useMapInks();
  const tokens = useChartTokens();

  const size = shallowRef({ width: 0, height: 0 });
  /** Where a person has moved it to; null: everything shows. */
  const own = shallowRef<Camera | null>(null);
  const free = computed(() => map.choice.layout.kind === 'columns');
  const extent = computed(() => (map.places === null ? null : extentOf(map.places.xy)));
  const whole = computed<Camera | null>(() =>
    extent.value === null || size.value.width === 0 ? null : fitCamera(extent.value, size.value, free.value),
  );
  const camera = computed(() => own.value ?? whole.value);
  watch(
    () => map.places,
    () => {
      own.value = null;
    },
  );

  /** The list that the map knows is the one on screen: places mean the same rows. */
  const inStep = computed(() => map.listed !== null && map.listed.view === list.view);
  const selected = computed(() => {
    const mask = new Uint8Array(map.listed?.numbers.length ?? 0);
    if (inStep.value) for (const { start, end } of list.selection.ranges) mask.fill(1, start, end);
    return mask;
  });
  const layers = computed(() => {
    if (map.places === null || map.listed === null || map.suspicion === null) return null;
    const { colourOf, faintOf } = table();
    return layPoints({
      xy: map.places.xy,
      placeOfRow: map.listed.placeOfRow,
      suspicion: map.suspicion,
      threshold: list.shownQuery.threshold,
      selected: selected.value,
      colourOf,
      faintOf,
    });
  });
  const anchors = computed(() => {
    const { values } = map;
    // Beside the numbers of axes, names that are numbers would be taken for more of them.
    if (free.value || map.places === null || values === null || !isClass(values.by) || values.values.names === null)
      return [];
    return findAnchors(map.places.xy, values.values.values, values.values.names.length, mostNames);
  });
  const focusAt = computed<Point | null>(() => {
    const row = list.focusedRow?.row;
    const xy = map.places?.xy;
    if (row === undefined || xy === undefined) return null;
    const at = { x: xy[2 * row] ?? NaN, y: xy[2 * row + 1] ?? NaN };
    return Number.isFinite(at.x) && Number.isFinite(at.y) ? at : null;
  });

  /** Radius of a point in CSS pixels: smaller where there are many, larger where they are looked at closely. */
  const radius = computed(() => {
    const count = layers.value?.rows.length ?? 0;
    const base = count <= 3_000 ? 2.6 : count <= 20_000 ? 1.9 : count <= 60_000 ? 1.4 : 0.9;
    const near = camera.value === null || whole.value === null ? 1 : closeness(camera.value, whole.value);
    return base * Math.min(2, Math.max(1, near ** 0.3));
  });

  let drawing: Drawing | null = null;
  let ratio = 1;
  let frame = 0;
  let pointsChanged = true;

  function ask(points: boolean): void {
    pointsChanged ||= points;
    if (frame === 0) frame = requestAnimationFrame(draw);
  }

  function draw(): void {
    frame = 0;
    const context = canvas.value?.getContext('2d') ?? null;
    if (context === null || layers.value === null || camera.value === null || drawing === null) return;
    if (pointsChanged) {
      drawPoints({
        drawing,
        layers: layers.value,
        looks: looks(),
        camera: camera.value,
        ratio,
        background: packColour(inks.value.surface),
        smooth: layers.value.rows.length <= mostSmooth,
      });
      pointsChanged = false;
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.putImageData(drawing.image, -drawing.pad, -drawing.pad);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawOver(context, camera.value);
  }

  /** Suspects are larger, and selected ones have a ring. */
  function looks(): LayerLook[] {
    const { surface, accent } = inks.value;
    const small = radius.value * ratio;
    const large = (radius.value + 1.4) * ratio;
    return [
      { radius: small * 0.85, rings: [] },
      { radius: small, rings: [] },
      { radius: large, rings: [{ radius: large + 0.8 * ratio, colour: packColour(surface) }] },
      {
        radius: large,
        rings: [
          { radius: large + 2.6 * ratio, colour: packColour(accent) },
          { radius: large + 1 * ratio, colour: packColour(surface) },
        ],
      },
    ];
  }

  function drawOver(context: CanvasRenderingContext2D, seen: Camera): void {
    const overlay = { context, size: size.value, camera: seen, inks: inks.value, family: tokens.value.font };
    const names = map.values?.values.names ?? null;
    if (names !== null && anchors.value.length > 0) {
      drawNames(overlay, anchors.value, names, (code) => toCss(unpack(colourOfCode(code))));
    }
    const { layout } = map.choice;
    if (layout.kind === 'columns') drawAxes(overlay, nameOf(layout.x), nameOf(layout.y));
    if (focusAt.value !== null) drawFocus(overlay, focusAt.value, radius.value + 1.4);
    drawOutline(overlay, outline.value);
  }

  function colourOfCode(code: number): number {
    const row = map.values?.values.values.indexOf(code) ?? -1;
    return table().colourOf(row);
  }

  function nameOf(index: number): string {
    return session.dataset?.columns.find((column) => column.index === index)?.name ?? '';
  }

  function measure(): void {
    const element = canvas.value;
    const box = element?.parentElement;
    if (element === null || box === null || box === undefined) return;
    ratio = window.devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = box;
    if (width === 0 || height === 0) return;
    element.width = Math.round(width * ratio);
    element.height = Math.round(height * ratio);
    drawing = makeDrawing(element.width, element.height);
    size.value = { width, height };
    pointsChanged = true;
    // At once: a canvas that was given another size is empty.
    cancelAnimationFrame(frame);
    draw();
  }

  const observer = new ResizeObserver(measure);
  onMounted(() => {
    if (canvas.value?.parentElement) observer.observe(canvas.value.parentElement);
    measure();
  });
  onBeforeUnmount(() => {
    observer.disconnect();
    cancelAnimationFrame(frame);
  });

  watch([layers, camera, inks], () => ask(true));
  watch([focusAt, outline, anchors], () => ask(false));

  return { size, own, whole, camera, layers, inStep, anchors };
}

function isClass(by: string): boolean {
  return by === 'given_label' || by === 'suggested_label';
}
