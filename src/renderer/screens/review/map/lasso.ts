import { type Camera, type Point, toScreen } from './camera';
import type { PointLayers } from './pointLayers';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Which points lie where a shape is drawn. */
export type HitTest = (x: number, y: number) => boolean;

/**
 * What lies within a closed line of any shape: it is filled on a hidden canvas and read once, so that a hundred corners
 * cost as much as three.
 */
export function fillOutline(outline: readonly Point[], { width, height }: Size): HitTest {
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.ceil(width));
  canvas.height = Math.max(1, Math.ceil(height));
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null || outline.length < 3) return () => false;
  context.beginPath();
  for (const { x, y } of outline) context.lineTo(x, y);
  context.fill();
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  return (x, y) =>
    x >= 0 &&
    y >= 0 &&
    x < width &&
    y < height &&
    (data[4 * (Math.floor(y) * canvas.width + Math.floor(x)) + 3] ?? 0) > 127;
}

/** What the canvas shows. */
export function insideOf({ width, height }: Size): HitTest {
  return (x, y) => x >= 0 && y >= 0 && x < width && y < height;
}

/** Points under a shape. */
interface Caught {
  /** 1 for each place of the list that was hit. */
  readonly places: Uint8Array;
  readonly listed: number;
  /** Rows that are not in the list. */
  readonly beyond: number;
}

/** Rows whose points are hit; O(n). */
export function catchPoints(
  layers: PointLayers,
  { camera, size, hit }: { readonly camera: Camera; readonly size: Size; readonly hit: HitTest },
  placeOfRow: Int32Array,
  total: number,
): Caught {
  const places = new Uint8Array(total);
  const origin = toScreen({ x: 0, y: 0 }, camera, size);
  let listed = 0;
  let beyond = 0;
  for (let k = 0; k < layers.rows.length; k++) {
    const x = origin.x + (layers.x[k] as number) * camera.scaleX;
    const y = origin.y - (layers.y[k] as number) * camera.scaleY;
    if (!hit(x, y)) continue;
    const place = placeOfRow[layers.rows[k] as number] as number;
    if (place < 0) beyond++;
    else {
      places[place] = 1;
      listed++;
    }
  }
  return { places, listed, beyond };
}

/** The row nearest to a position on the canvas, if it is near enough: one of the list before others; −1 = none. */
export function findNearest(
  layers: PointLayers,
  { camera, size, at }: { readonly camera: Camera; readonly size: Size; readonly at: Point },
  reach: number,
): number {
  const origin = toScreen({ x: 0, y: 0 }, camera, size);
  const beyondEnd = layers.ends[0] ?? 0;
  let best = -1;
  let bestDistance = reach * reach;
  // From the top: of points in one place the one that is seen.
  for (let k = layers.rows.length - 1; k >= 0; k--) {
    if (k === beyondEnd - 1 && best >= 0) break;
    const dx = origin.x + (layers.x[k] as number) * camera.scaleX - at.x;
    const dy = origin.y - (layers.y[k] as number) * camera.scaleY - at.y;
    const distance = dx * dx + dy * dy;
    if (distance < bestDistance) {
      bestDistance = distance;
      best = layers.rows[k] as number;
    }
  }
  return best;
}
