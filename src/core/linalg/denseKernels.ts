import type { Matrix } from '../base/matrix';

/**
 * C += sign·A·Bᵀ for row-major panels inside larger arrays: C is m×n at `c[cOffset]` with row stride `cStride`, A m×k,
 * B n×k. Both factors are read along their rows, so every product of the float64 backend is brought into this form.
 * Register tiles of 3×3: nine sums and six operands fit the sixteen floating-point registers of x64; larger tiles
 * spill. m·n·k multiply-adds.
 */
export function addProductTransposed(
  sign: 1 | -1,
  m: number,
  n: number,
  k: number,
  a: Float64Array,
  aOffset: number,
  aStride: number,
  b: Float64Array,
  bOffset: number,
  bStride: number,
  c: Float64Array,
  cOffset: number,
  cStride: number,
): void {
  let i = 0;
  for (; i + 3 <= m; i += 3) {
    const a0 = aOffset + i * aStride;
    const a1 = a0 + aStride;
    const a2 = a1 + aStride;
    const c0 = cOffset + i * cStride;
    let j = 0;
    for (; j + 3 <= n; j += 3) {
      const b0 = bOffset + j * bStride;
      const b1 = b0 + bStride;
      const b2 = b1 + bStride;
      let s00 = 0;
      let s01 = 0;
      let s02 = 0;
      let s10 = 0;
      let s11 = 0;
      let s12 = 0;
      let s20 = 0;
      let s21 = 0;
      let s22 = 0;
      for (let t = 0; t < k; t++) {
        const x0 = a[a0 + t];
        const x1 = a[a1 + t];
        const x2 = a[a2 + t];
        const y0 = b[b0 + t];
        const y1 = b[b1 + t];
        const y2 = b[b2 + t];
        s00 += x0 * y0;
        s01 += x0 * y1;
        s02 += x0 * y2;
        s10 += x1 * y0;
        s11 += x1 * y1;
        s12 += x1 * y2;
        s20 += x2 * y0;
        s21 += x2 * y1;
        s22 += x2 * y2;
      }
      let at = c0 + j;
      c[at] += sign * s00;
      c[at + 1] += sign * s01;
      c[at + 2] += sign * s02;
      at += cStride;
      c[at] += sign * s10;
      c[at + 1] += sign * s11;
      c[at + 2] += sign * s12;
      at += cStride;
      c[at] += sign * s20;
      c[at + 1] += sign * s21;
      c[at + 2] += sign * s22;
    }
    for (; j < n; j++) {
      const b0 = bOffset + j * bStride;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      for (let t = 0; t < k; t++) {
        const y = b[b0 + t];
        s0 += a[a0 + t] * y;
        s1 += a[a1 + t] * y;
        s2 += a[a2 + t] * y;
      }
      const at = c0 + j;
      c[at] += sign * s0;
      c[at + cStride] += sign * s1;
      c[at + 2 * cStride] += sign * s2;
    }
  }
  for (; i < m; i++) {
    const a0 = aOffset + i * aStride;
    const c0 = cOffset + i * cStride;
    let j = 0;
    for (; j + 4 <= n; j += 4) {
      const b0 = bOffset + j * bStride;
      const b1 = b0 + bStride;
      const b2 = b1 + bStride;
      const b3 = b2 + bStride;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let t = 0; t < k; t++) {
        const x = a[a0 + t];
        s0 += x * b[b0 + t];
        s1 += x * b[b1 + t];
        s2 += x * b[b2 + t];
        s3 += x * b[b3 + t];
      }
      c[c0 + j] += sign * s0;
      c[c0 + j + 1] += sign * s1;
      c[c0 + j + 2] += sign * s2;
      c[c0 + j + 3] += sign * s3;
    }
    for (; j < n; j++) {
      const b0 = bOffset + j * bStride;
      let s = 0;
      for (let t = 0; t < k; t++) s += a[a0 + t] * b[b0 + t];
      c[c0 + j] += sign * s;
    }
  }
}

/** target (columns×rows, row stride `targetStride`) = the transpose of the rows×columns panel at `source[offset]`. */
export function transposePanel(
  source: Float64Array,
  offset: number,
  stride: number,
  rows: number,
  columns: number,
  target: Float64Array,
  targetStride: number,
): void {
  const tile = 16;
  for (let i0 = 0; i0 < rows; i0 += tile) {
    const iEnd = Math.min(rows, i0 + tile);
    for (let j0 = 0; j0 < columns; j0 += tile) {
      const jEnd = Math.min(columns, j0 + tile);
      for (let i = i0; i < iEnd; i++) {
        const from = offset + i * stride;
        for (let j = j0; j < jEnd; j++) target[j * targetStride + i] = source[from + j];
      }
    }
  }
}

/** The transpose of a whole matrix, a copy. */
export function transposed({ rows, columns, data }: Matrix): Matrix {
  const out = new Float64Array(rows * columns);
  transposePanel(data, 0, columns, rows, columns, out, rows);
  return { rows: columns, columns: rows, data: out };
}

/** Copies the lower triangle of a size×size matrix onto its upper triangle. */
export function mirrorLower(data: Float64Array, size: number): void {
  mirror(data, size, true);
}

/** Copies the upper triangle of a size×size matrix onto its lower triangle. */
export function mirrorUpper(data: Float64Array, size: number): void {
  mirror(data, size, false);
}

/** Tile by tile, so that both sides of the diagonal stay in the cache. */
function mirror(data: Float64Array, size: number, fromLower: boolean): void {
  const tile = 32;
  for (let i0 = 0; i0 < size; i0 += tile) {
    const iEnd = Math.min(size, i0 + tile);
    for (let j0 = 0; j0 <= i0; j0 += tile) mirrorTile(data, size, i0, iEnd, j0, j0 + tile, fromLower);
  }
}

function mirrorTile(
  data: Float64Array,
  size: number,
  i0: number,
  iEnd: number,
  j0: number,
  j1: number,
  fromLower: boolean,
): void {
  for (let i = i0; i < iEnd; i++) {
    const jEnd = Math.min(i, j1);
    if (fromLower) for (let j = j0; j < jEnd; j++) data[j * size + i] = data[i * size + j];
    else for (let j = j0; j < jEnd; j++) data[i * size + j] = data[j * size + i];
  }
}
