/** A position in a plane: of the map (y upwards) or of its canvas (CSS pixels, y downwards). */
export interface Point {
  readonly x: number;
  readonly y: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The part of the plane that points lie in. */
interface Extent {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

/** What of the plane shows: the position in the middle of the canvas, and pixels a unit along each axis. */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly scaleX: number;
  readonly scaleY: number;
}

/** Pixels that stay free around points when all of them are to be seen. */
const margin = 28;
/** The same where axes have numbers. */
const axisMargin = 72;
/** How far in and out of the camera that shows everything. */
const closest = 5_000;
const farthest = 0.2;

/** The smallest part that holds all points, x and y one pair behind the other; null: none has a place. */
export function extentOf(xy: Float32Array): Extent | null {
  let left = Infinity;
  let right = -Infinity;
  let bottom = Infinity;
  let top = -Infinity;
  for (let at = 0; at < xy.length; at += 2) {
    const x = xy[at] as number;
    const y = xy[at + 1] as number;
    // Not a number, or infinite: no place.
    if (!(x - x === 0 && y - y === 0)) continue;
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < bottom) bottom = y;
    if (y > top) top = y;
  }
  return left <= right ? { left, right, bottom, top } : null;
}

/** A camera that shows all of it, as large as possible. `free`: each axis has a scale of its own, and numbers. */
export function fitCamera({ left, right, bottom, top }: Extent, { width, height }: Size, free: boolean): Camera {
  const rim = free ? axisMargin : margin;
  const across = Math.max(1, width - 2 * rim) / widthOf(left, right);
  const upwards = Math.max(1, height - 2 * rim) / widthOf(bottom, top);
  const both = Math.min(across, upwards);
  return {
    x: (left + right) / 2,
    y: (bottom + top) / 2,
    scaleX: free ? across : both,
    scaleY: free ? upwards : both,
  };
}

/** Points in one place are shown as if they were one unit wide. */
function widthOf(from: number, to: number): number {
  return to > from ? to - from : 1;
}

export function toScreen({ x, y }: Point, camera: Camera, { width, height }: Size): Point {
  return { x: (x - camera.x) * camera.scaleX + width / 2, y: height / 2 - (y - camera.y) * camera.scaleY };
}

export function toPlane({ x, y }: Point, camera: Camera, { width, height }: Size): Point {
  return { x: (x - width / 2) / camera.scaleX + camera.x, y: (height / 2 - y) / camera.scaleY + camera.y };
}

/** Moves what shows by so many pixels to the right and downwards. */
export function pan(camera: Camera, right: number, down: number): Camera {
  return { ...camera, x: camera.x - right / camera.scaleX, y: camera.y + down / camera.scaleY };
}

/** Zooms by a factor (2: twice as large), what is at `fixed` (pixels) stays there. `whole`: shows everything. */
export function zoom(camera: Camera, factor: number, fixed: Point, size: Size, whole: Camera): Camera {
  const now = camera.scaleX / whole.scaleX;
  const applied = Math.min(closest, Math.max(farthest, now * factor)) / now;
  const before = toPlane(fixed, camera, size);
  const scaled = { ...camera, scaleX: camera.scaleX * applied, scaleY: camera.scaleY * applied };
  const after = toPlane(fixed, scaled, size);
  return { ...scaled, x: scaled.x + before.x - after.x, y: scaled.y + before.y - after.y };
}

/** How much closer than the camera that shows everything: 1 = the same. */
export function closeness(camera: Camera, whole: Camera): number {
  return camera.scaleX / whole.scaleX;
}
