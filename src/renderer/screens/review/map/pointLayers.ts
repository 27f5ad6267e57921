/** How the points of a map are drawn, one layer over the other. */
export const layerNames = ['beyond', 'listed', 'suspect', 'selected'] as const;

/** Points in the order in which they are drawn. */
export interface PointLayers {
  /** Row number of each. */
  readonly rows: Int32Array;
  /** Their places in the plane. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** As they lie in the bytes of an ImageData: see {@link packColour}. */
  readonly colours: Uint32Array;
  /** Where each of {@link layerNames} ends. */
  readonly ends: readonly number[];
}

interface LayerRequest {
  /** x and y of every row; rows whose place is no number are left out. */
  readonly xy: Float32Array;
  /** Place of every row in the list, −1 = not in it. */
  readonly placeOfRow: Int32Array;
  /** Of every row, NaN = none. */
  readonly suspicion: Float32Array;
  readonly threshold: number;
  /** 1 for each place of the list that is selected. */
  readonly selected: Uint8Array;
  /** Of a row, as a point of the list and beyond it. */
  readonly colourOf: (row: number) => number;
  readonly faintOf: (row: number) => number;
}

/** Sorts the rows into layers; O(n). */
export function layPoints({
  xy,
  placeOfRow,
  suspicion,
  threshold,
  selected,
  colourOf,
  faintOf,
}: LayerRequest): PointLayers {
  const n = xy.length / 2;
  const layer = new Uint8Array(n);
  const counts = layerNames.map(() => 0);
  let placed = 0;
  for (let row = 0; row < n; row++) {
    const x = xy[2 * row] as number;
    const y = xy[2 * row + 1] as number;
    if (!(x - x === 0 && y - y === 0)) {
      layer[row] = layerNames.length;
      continue;
    }
    const place = placeOfRow[row] as number;
    let which = 0;
    if (place >= 0) which = selected[place] === 1 ? 3 : (suspicion[row] as number) >= threshold ? 2 : 1;
    layer[row] = which;
    counts[which] = (counts[which] ?? 0) + 1;
    placed++;
  }
  const next = counts.map((_, which) => counts.slice(0, which).reduce((sum, count) => sum + count, 0));
  const rows = new Int32Array(placed);
  const xs = new Float32Array(placed);
  const ys = new Float32Array(placed);
  const colours = new Uint32Array(placed);
  const step = strideOf(n);
  // Rows of one class often stand behind each other: in row order the last class would cover all others.
  for (let k = 0, row = 0; k < n; k++, row = (row + step) % n) {
    const which = layer[row] as number;
    if (which === layerNames.length) continue;
    const at = next[which] as number;
    next[which] = at + 1;
    rows[at] = row;
    xs[at] = xy[2 * row] as number;
    ys[at] = xy[2 * row + 1] as number;
    colours[at] = which === 0 ? faintOf(row) : colourOf(row);
  }
  return { rows, x: xs, y: ys, colours, ends: next };
}

/** A step that comes to every row once and mixes them: near the golden section of n, without a common divisor. */
function strideOf(n: number): number {
  let step = Math.max(1, Math.round(n * 0.618));
  while (divisor(step, n) !== 1) step++;
  return step;
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
