import { visibleText } from '../../../../core/base/visibleText';
import { formatFigure } from '../../../format/numbers';
import { type Camera, type Point, toPlane, toScreen } from './camera';
import type { ClassAnchor } from './classAnchors';
import { type MapInks, toCss } from './mapColours';

/** What stands over the points, in CSS pixels. */
interface Overlay {
  readonly context: CanvasRenderingContext2D;
  readonly size: { readonly width: number; readonly height: number };
  readonly camera: Camera;
  readonly inks: MapInks;
  /** A CSS font family. */
  readonly family: string;
}

const fontSize = 11;
const longestName = 28;

/** Names of classes, each in the middle of its rows, larger classes first; one that would cover another is left out. */
export function drawNames(
  { context, size, camera, inks, family }: Overlay,
  anchors: readonly ClassAnchor[],
  names: readonly string[],
  colourOf: (code: number) => string,
): void {
  const taken: { x: number; y: number; width: number }[] = [];
  setFont(context, 600, family);
  context.textAlign = 'left';
  for (const anchor of anchors) {
    const { x: middle, y } = toScreen(anchor, camera, size);
    const text = shorten(names[anchor.code] ?? '');
    const width = context.measureText(text).width + 12;
    const x = middle - width / 2;
    const covers = taken.some(
      (other) => Math.abs(other.y - y) < fontSize + 5 && x < other.x + other.width && other.x < x + width,
    );
    if (covers || middle < 0 || y < 0 || middle > size.width || y > size.height) continue;
    taken.push({ x, y, width });
    context.beginPath();
    context.arc(x + 4, y, 4, 0, 2 * Math.PI);
    context.fillStyle = colourOf(anchor.code);
    context.strokeStyle = toCss(inks.surface);
    context.lineWidth = 2;
    context.stroke();
    context.fill();
    writeText(context, text, { x: x + 12, y }, inks, inks.text);
  }
}

/** The focused row. */
export function drawFocus({ context, size, camera, inks }: Overlay, at: Point, radius: number): void {
  const { x, y } = toScreen(at, camera, size);
  for (const [colour, width] of [
    [inks.surface, 5],
    [inks.text, 2],
  ] as const) {
    context.beginPath();
    context.arc(x, y, radius + 4, 0, 2 * Math.PI);
    context.strokeStyle = toCss(colour);
    context.lineWidth = width;
    context.stroke();
  }
}

/** The line that is being drawn around points. */
export function drawOutline({ context, inks }: Overlay, outline: readonly Point[]): void {
  if (outline.length < 2) return;
  context.beginPath();
  for (const { x, y } of outline) context.lineTo(x, y);
  context.closePath();
  context.fillStyle = toCss(inks.accent).replace('rgb', 'rgba').replace(')', ', 0.12)');
  context.fill();
  context.setLineDash([4, 3]);
  context.strokeStyle = toCss(inks.accent);
  context.lineWidth = 1.5;
  context.stroke();
  context.setLineDash([]);
}

/** What the axes say where rows stand by two columns: their names, and round numbers along them. */
export function drawAxes({ context, size, camera, inks, family }: Overlay, x: string, y: string): void {
  setFont(context, 400, family);
  const lower = toPlane({ x: 0, y: size.height }, camera, size);
  const upper = toPlane({ x: size.width, y: 0 }, camera, size);
  context.textAlign = 'center';
  for (const value of roundNumbers(lower.x, upper.x, size.width / 110)) {
    const at = toScreen({ x: value, y: 0 }, camera, size).x;
    if (at > 40 && at < size.width - 40) writeText(context, formatTick(value), { x: at, y: size.height - 22 }, inks);
  }
  context.textAlign = 'left';
  for (const value of roundNumbers(lower.y, upper.y, size.height / 70)) {
    const at = toScreen({ x: 0, y: value }, camera, size).y;
    if (at > 24 && at < size.height - 40) writeText(context, formatTick(value), { x: 44, y: at }, inks);
  }
  setFont(context, 600, family);
  context.textAlign = 'right';
  writeText(context, `${shorten(x)} →`, { x: size.width - 10, y: size.height - 9 }, inks);
  context.textAlign = 'left';
  writeText(context, `↑ ${shorten(y)}`, { x: 44, y: 12 }, inks);
}

/** About `count` numbers of one, two or five times a power of ten between two others. */
export function roundNumbers(low: number, high: number, count: number): number[] {
  const rough = (high - low) / Math.max(1, count);
  if (!(rough > 0) || !Number.isFinite(rough)) return [];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (rough / power > 5 ? 10 : rough / power > 2 ? 5 : rough / power > 1 ? 2 : 1);
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step);
  return Array.from({ length: Math.max(0, Math.min(100, last - first + 1)) }, (_, k) => (first + k) * step);
}

/** Round numbers have few digits: 15, and not 15.00. */
function formatTick(value: number): string {
  const short = Number(value.toPrecision(6));
  return Number.isInteger(short) && Math.abs(short) < 1e6 ? String(short).replace('-', '−') : formatFigure(short, 3);
}

function setFont(context: CanvasRenderingContext2D, weight: number, family: string): void {
  context.font = `${weight} ${fontSize}px ${family}`;
  context.textBaseline = 'middle';
}

/** Points may lie below: a rim in the colour of the surface keeps text readable. */
function writeText(
  context: CanvasRenderingContext2D,
  text: string,
  { x, y }: Point,
  inks: MapInks,
  colour = inks.text,
): void {
  context.lineJoin = 'round';
  context.strokeStyle = toCss(inks.surface);
  context.lineWidth = 4;
  context.strokeText(text, x, y);
  context.fillStyle = toCss(colour);
  context.fillText(text, x, y);
}

function shorten(text: string): string {
  const seen = visibleText(text);
  return seen.length > longestName ? `${seen.slice(0, longestName - 1)}…` : seen;
}
