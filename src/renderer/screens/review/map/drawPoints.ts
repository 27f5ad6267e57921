import type { Camera } from './camera';
import type { PointLayers } from './pointLayers';

/**
 * Pixels of a drawing, four bytes each, with a rim of `pad` pixels around what shows, so that points at its edge need
 * no care.
 */
export interface Drawing {
  readonly image: ImageData;
  /** The same pixels, one number each. */
  readonly pixels: Uint32Array;
  readonly pad: number;
}

/** No point is larger than this, in pixels of the screen. */
const widest = 24;

/** Room for what shows in so many pixels of the screen. */
export function makeDrawing(width: number, height: number): Drawing {
  const image = new ImageData(width + 2 * widest, height + 2 * widest);
  return { image, pixels: new Uint32Array(image.data.buffer), pad: widest };
}

/** Pixels of a round point: how far each is from its middle in the drawing, and how much of it is covered. */
interface Stamp {
  /** Covered whole. */
  readonly whole: Int32Array;
  /** At its edge, with shares of 255. */
  readonly edge: Int32Array;
  readonly shares: Uint8Array;
}

/**
 * A disc of a radius in pixels of the screen, in a drawing so many pixels wide. Without smooth edges, pixels covered by
 * half are whole.
 */
export function makeStamp(radius: number, width: number, smooth: boolean): Stamp {
  const whole: number[] = [];
  const edge: number[] = [];
  const shares: number[] = [];
  const reach = Math.ceil(radius);
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const covered = Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(dx, dy)));
      if (covered >= (smooth ? 0.95 : 0.5)) whole.push(dy * width + dx);
      else if (smooth && covered > 0.08) {
        edge.push(dy * width + dx);
        shares.push(Math.round(255 * covered));
      }
    }
  }
  return { whole: Int32Array.from(whole), edge: Int32Array.from(edge), shares: Uint8Array.from(shares) };
}

/** How a layer is drawn: discs of these radii (pixels of the screen) on one another, the last in the point's colour. */
export interface LayerLook {
  readonly radius: number;
  /** Wider discs below, widest first. */
  readonly rings: readonly { readonly radius: number; readonly colour: number }[];
}

interface DrawRequest {
  readonly drawing: Drawing;
  readonly layers: PointLayers;
  readonly looks: readonly LayerLook[];
  readonly camera: Camera;
  /** Pixels of the screen in one CSS pixel. */
  readonly ratio: number;
  readonly background: number;
  /** Points are drawn with smooth edges: three times the work. */
  readonly smooth: boolean;
}

/** Draws all points; O(n · pixels of a point). */
export function drawPoints({ drawing, layers, looks, camera, ratio, background, smooth }: DrawRequest): void {
  drawing.pixels.fill(background);
  const { width } = drawing.image;
  let from = 0;
  layers.ends.forEach((to, which) => {
    const look = looks[which];
    if (look !== undefined && to > from) {
      const stamps = [...look.rings, { radius: look.radius, colour: null }].map(({ radius, colour }) => ({
        stamp: makeStamp(Math.min(widest - 1, radius), width, smooth),
        colour,
      }));
      // Rings of a layer lie below all of its points: neighbours do not cut into one another.
      for (const { stamp, colour } of stamps) {
        stampPoints({ drawing, layers, from, to, camera, ratio, stamp, colour });
      }
    }
    from = to;
  });
}

interface StampRequest extends Pick<DrawRequest, 'drawing' | 'layers' | 'camera' | 'ratio'> {
  readonly from: number;
  readonly to: number;
  readonly stamp: Stamp;
  /** null: each point's own. */
  readonly colour: number | null;
}

function stampPoints({ drawing, layers, from, to, camera, ratio, stamp, colour }: StampRequest): void {
  const { image, pixels, pad } = drawing;
  const { width, height } = image;
  const { x, y, colours } = layers;
  const { whole, edge, shares } = stamp;
  const scaleX = camera.scaleX * ratio;
  const scaleY = camera.scaleY * ratio;
  const left = width / 2 - camera.x * scaleX;
  const top = height / 2 + camera.y * scaleY;
  // The rim holds what sticks out; a point whose middle is beyond half of it shows nothing.
  const least = pad / 2;
  const right = width - least;
  const bottom = height - least;
  for (let k = from; k < to; k++) {
    const px = x[k] * scaleX + left;
    const py = top - y[k] * scaleY;
    if (!(px >= least && px < right && py >= least && py < bottom)) continue;
    const middle = (py | 0) * width + (px | 0);
    const ink = colour ?? colours[k];
    for (let s = 0; s < whole.length; s++) pixels[middle + whole[s]] = ink;
    for (let s = 0; s < edge.length; s++) {
      const at = middle + edge[s];
      pixels[at] = blend(pixels[at], ink, shares[s]);
    }
  }
}

/** Two channels at a time. */
function blend(below: number, above: number, share: number): number {
  const rest = 255 - share;
  const odd = ((((below >>> 8) & 0xff00ff) * rest + ((above >>> 8) & 0xff00ff) * share) & 0xff00ff00) >>> 0;
  const even = ((((below & 0xff00ff) * rest + (above & 0xff00ff) * share) >>> 8) & 0xff00ff) >>> 0;
  return ((odd | even | 0xff000000) >>> 0) as number;
}
