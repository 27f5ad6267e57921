import type { Matrix } from '../../../core/base/matrix';
import { mirrorLower } from '../../../core/linalg/denseKernels';
import type { OnBlock } from '../../../core/linalg/linearAlgebra';
import type { ColumnPanel } from '../columnPanels';
import { columnPanels } from '../columnPanels';
import type { WasmMatrix, WasmTensorflow } from './wasmTensorflow';

/**
 * Rows summed in single precision before a sum is carried on in double: its rounding dominates the error of a Gram
 * matrix, and grows with the root of this number. Part of the definition of the results.
 */
const blockRows = 256;

/**
 * Rows read by blocks: what these products need of X. `block` returns rows [from, from + count), valid until the next
 * call.
 */
export interface BlockReader {
  readonly rows: number;
  readonly columns: number;
  block(from: number, count: number): Float64Array;
}

/** One block of rows, in double and as its column panels in single precision. */
interface PanelledBlock {
  readonly data: Float64Array;
  readonly from: number;
  readonly count: number;
  /** count×width each. */
  readonly panels: readonly WasmMatrix[];
}

function forEachBlock(
  wasm: WasmTensorflow,
  x: BlockReader,
  panels: readonly ColumnPanel[],
  visit: (block: PanelledBlock) => void,
): void {
  const { rows: n, columns: d } = x;
  for (let from = 0; from < n; from += blockRows) {
    const count = Math.min(blockRows, n - from);
    const data = x.block(from, count);
    const uploaded: WasmMatrix[] = [];
    try {
      for (const { from: left, width } of panels) {
        const panel = new Float32Array(count * width);
        for (let r = 0; r < count; r++) {
          const at = r * d + left;
          for (let j = 0; j < width; j++) panel[r * width + j] = data[at + j];
        }
        uploaded.push(wasm.upload(panel, count, width));
      }
      visit({ data, from, count, panels: uploaded });
    } finally {
      for (const panel of uploaded) panel.dispose();
    }
  }
}

/** Xᵀ diag(w) X for each w: the tiles on and below the diagonal, a block of rows at a time, summed in double. */
export function wasmWeightedGrams(
  wasm: WasmTensorflow,
  x: BlockReader,
  weights: readonly Float64Array[],
  onBlock?: OnBlock,
): Matrix[] {
  const { rows: n, columns: d } = x;
  const panels = columnPanels(d);
  const grams = weights.map(() => new Float64Array(d * d));
  const steps = weights.length * panels.length;
  forEachBlock(wasm, x, panels, ({ data, from, count, panels: uploaded }) => {
    let step = 0;
    weights.forEach((w, g) => {
      panels.forEach((panel, i) => {
        const left = wasm.upload(scaledTransposed(data, w, from, count, d, panel), panel.width, count);
        try {
          for (let j = 0; j <= i; j++) addTile(wasm.multiply(left, uploaded[j]), panel, panels[j], grams[g], d);
        } finally {
          left.dispose();
        }
        onBlock?.(from + Math.floor((count * ++step) / steps), n);
      });
    });
  });
  for (const gram of grams) mirrorLower(gram, d);
  return grams.map((data) => ({ rows: d, columns: d, data }));
}

/** Columns of a panel of diag(w)·X as rows, width×count; products in double, rounded once. */
function scaledTransposed(
  data: Float64Array,
  w: Float64Array,
  from: number,
  count: number,
  d: number,
  { from: left, width }: ColumnPanel,
): Float32Array {
  const out = new Float32Array(width * count);
  const tile = 16;
  for (let r0 = 0; r0 < count; r0 += tile) {
    const end = Math.min(count, r0 + tile);
    for (let j = 0; j < width; j++) {
      for (let r = r0; r < end; r++) out[j * count + r] = w[from + r] * data[r * d + left + j];
    }
  }
  return out;
}

function addTile(tile: Float32Array, rows: ColumnPanel, columns: ColumnPanel, sum: Float64Array, d: number): void {
  for (let i = 0; i < rows.width; i++) {
    const to = (rows.from + i) * d + columns.from;
    const at = i * columns.width;
    for (let j = 0; j < columns.width; j++) sum[to + j] += tile[at + j];
  }
}

/** xᵢᵀ B xᵢ for each B, from B's lower triangle with the upper one folded onto it. */
export function wasmQuadraticForms(
  wasm: WasmTensorflow,
  x: BlockReader,
  matrices: readonly Matrix[],
  onBlock?: OnBlock,
): Float64Array[] {
  const { columns: d } = x;
  const folded = matrices.map(({ data }) => {
    const lower = new Float64Array(d * d);
    for (let i = 0; i < d; i++) {
      lower[i * d + i] = data[i * d + i];
      for (let j = 0; j < i; j++) lower[i * d + j] = data[i * d + j] + data[j * d + i];
    }
    return lower;
  });
  return lowerForms(wasm, x, folded, 'rows', onBlock);
}

/** ‖L⁻¹xᵢ‖² from L⁻¹ (d×d, lower triangular). */
export function wasmInverseForms(
  wasm: WasmTensorflow,
  x: BlockReader,
  inverseLower: Matrix,
  onBlock?: OnBlock,
): Float64Array {
  return lowerForms(wasm, x, [inverseLower.data], 'products', onBlock)[0];
}

/** Σⱼ yᵢⱼ·xᵢⱼ (`rows`) or Σⱼ yᵢⱼ² (`products`) with y = F·x for each lower triangular F. */
function lowerForms(
  wasm: WasmTensorflow,
  x: BlockReader,
  lowers: readonly Float64Array[],
  other: 'rows' | 'products',
  onBlock?: OnBlock,
): Float64Array[] {
  const { rows: n, columns: d } = x;
  const panels = columnPanels(d);
  const forms = lowers.map(() => new Float64Array(n));
  const steps = lowers.length * panels.length;
  const held: WasmMatrix[] = [];
  try {
    // F's tile of rows i and columns j ≤ i, transposed: width_j × width_i.
    const tiles = lowers.map((lower) =>
      panels.map((rows, i) =>
        panels.slice(0, i + 1).map((columns) => {
          const tile = wasm.upload(transposedTile(lower, rows, columns, d), columns.width, rows.width);
          held.push(tile);
          return tile;
        }),
      ),
    );
    forEachBlock(wasm, x, panels, ({ data, from, count, panels: uploaded }) => {
      let step = 0;
      lowers.forEach((_, f) => {
        const out = forms[f];
        panels.forEach((rows, i) => {
          const { width } = rows;
          const sum = new Float64Array(count * width);
          for (let j = 0; j <= i; j++) {
            const product = wasm.multiply(uploaded[j], tiles[f][i][j]);
            for (let at = 0; at < sum.length; at++) sum[at] += product[at];
          }
          for (let r = 0; r < count; r++) {
            const at = r * width;
            const inRow = r * d + rows.from;
            let form = 0;
            if (other === 'rows') for (let k = 0; k < width; k++) form += sum[at + k] * data[inRow + k];
            else for (let k = 0; k < width; k++) form += sum[at + k] * sum[at + k];
            out[from + r] += form;
          }
          onBlock?.(from + Math.floor((count * ++step) / steps), n);
        });
      });
    });
  } finally {
    for (const tile of held) tile.dispose();
  }
  return forms;
}

function transposedTile(lower: Float64Array, rows: ColumnPanel, columns: ColumnPanel, d: number): Float32Array {
  const out = new Float32Array(columns.width * rows.width);
  for (let i = 0; i < rows.width; i++) {
    const from = (rows.from + i) * d + columns.from;
    for (let j = 0; j < columns.width; j++) out[j * rows.width + i] = lower[from + j];
  }
  return out;
}

/** X·B. */
export function wasmMultiply(wasm: WasmTensorflow, x: BlockReader, b: Matrix, onBlock?: OnBlock): Matrix {
  const { rows: n, columns: d } = x;
  const m = b.columns;
  const out = new Float64Array(n * m);
  const right = wasm.upload(new Float32Array(b.data), d, m);
  try {
    const whole: readonly ColumnPanel[] = [{ from: 0, to: d, width: d }];
    forEachBlock(wasm, x, whole, ({ from, count, panels: [block] }) => {
      out.set(wasm.multiply(block, right), from * m);
      onBlock?.(from + count, n);
    });
  } finally {
    right.dispose();
  }
  return { rows: n, columns: m, data: out };
}
