import { describe, expect, it } from 'vitest';
import type { Column } from '../../../../contract/dataset';
import { CancelledError } from '../../../../core/base/errors';
import { createFloat32Rows } from '../../../../core/base/featureRows';
import type { Matrix } from '../../../../core/base/matrix';
import { createRandom, drawNormals } from '../../../../core/base/random';
import { createFloat64LinearAlgebra } from '../../../../core/linalg/float64LinearAlgebra';
import { findPrincipalAxes, projectOnAxes } from '../../../../core/linalg/principalAxes';
import { createTestContext } from '../../../../core/testing/testData';
import { type AxesFinder, createAxesEncoder } from './axesEncoder';
import type { BlockEncoder, BlockRequest, BlockVectors, NoVectors } from './blockTypes';

const linalg = createFloat64LinearAlgebra();
const column: Column = {
  index: 0,
  name: 'photo',
  type: 'picture',
  role: 'feature',
  reason: '',
  missing: 0,
  distinct: null,
  range: null,
  examples: [],
};
const method = { kind: 'pictures', by: 'the encoder Toy', sha256: 'a', key: 'b', numbers: 6 } as const;

function encoderOf(vectors: Float32Array, width: number): BlockEncoder {
  return {
    passes: 3,
    encode: async ({ onShare }) => {
      onShare(1);
      return {
        kind: 'vectors',
        columns: [column],
        vectors: createFloat32Rows(vectors, vectors.length / width, width),
        names: Array.from({ length: width }, (_, k) => `photo: number ${k + 1} of the picture`),
        method,
        notes: ['Turned into numbers.'],
        cautions: ['One could not be read.'],
      };
    },
  };
}

/** What the compute thread does, here; `fitted` are the rows that axes were fitted to. */
function openFinder() {
  const fitted: Matrix[] = [];
  const finder: AxesFinder = {
    find: async (rows, most, signal, onShare) => {
      signal.throwIfCancelled();
      fitted.push(rows);
      onShare(1);
      return findPrincipalAxes(rows, most, { linalg });
    },
    place: async (rows, axes) => projectOnAxes(rows, axes, { linalg }),
  };
  return { finder, fitted };
}

function requestFor(labelledRows: Uint8Array, more: Partial<BlockRequest> = {}): BlockRequest {
  return {
    columns: [column],
    root: '/data',
    parts: [],
    labelledRows,
    missing: [],
    openVectors: async (width) => {
      const written: number[] = [];
      return {
        append: async (block) => void written.push(...block),
        finish: async () => createFloat32Rows(Float32Array.from(written), written.length / width, width),
      };
    },
    signal: createTestContext().signal,
    onShare: () => undefined,
    ...more,
  };
}

function readAll({ vectors }: Exclude<BlockVectors, NoVectors>): Float32Array {
  const out = new Float32Array(vectors.rows * vectors.columns);
  vectors.read(0, vectors.rows, out);
  return out;
}

const rows = 40;
const vectors = Float32Array.from(drawNormals(createRandom(4), rows * 6), (value, at) => value * (1 + (at % 6)));
const labelledRows = Uint8Array.from({ length: rows }, (_, row) => (row < 30 ? 1 : 0));

describe('vectors by their principal axes', () => {
  it('are where all rows lie on the axes of labelled rows of the dataset', async () => {
    const { finder, fitted } = openFinder();
    const shares: number[] = [];
    // The last ten rows are those of a validation file.
    const encoder = createAxesEncoder(encoderOf(vectors, 6), finder, {
      most: (labelled) => labelled / 15,
      unit: 'pixels',
    });
    const made = await encoder.encode(
      requestFor(labelledRows.subarray(0, 30), { onShare: (share) => shares.push(share) }),
    );
    if (made.kind === 'none') throw new Error(made.reason);
    expect(encoder.passes).toBe(3);
    expect(fitted[0].data).toEqual(Float64Array.from(vectors.subarray(0, 30 * 6)));
    const own = findPrincipalAxes(fitted[0], 2, { linalg });
    if (own === null) throw new Error('These rows differ.');
    const all = { rows, columns: 6, data: Float64Array.from(vectors) };
    expect(readAll(made)).toEqual(projectOnAxes(all, own, { linalg }));
    expect(made.names).toEqual(['photo: axis 1 of the pixels', 'photo: axis 2 of the pixels']);
    expect(made.method).toEqual({
      ...method,
      principal: { axes: 2, fittedRows: 30, varianceShare: own.varianceShare },
    });
    expect(made.notes).toEqual([
      'Turned into numbers.',
      `Of the 6 numbers of photo the features are where a row lies along 2 principal axes, which hold ${Math.round(100 * own.varianceShare)} % of the variance.`,
    ]);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
  });

  it('do not change with rows that have no label', async () => {
    const other = vectors.slice();
    for (let at = 30 * 6; at < other.length; at++) other[at] = 1e6;
    const made = await Promise.all(
      [vectors, other].map((numbers) =>
        createAxesEncoder(encoderOf(numbers, 6), openFinder().finder, { most: () => 3, unit: 'pixels' }).encode(
          requestFor(labelledRows),
        ),
      ),
    );
    const [a, b] = made.map((one) => (one.kind === 'none' ? new Float32Array(0) : readAll(one).subarray(0, 90)));
    expect(a).toEqual(b);
  });

  it('stay as they are where they have no more numbers than that, or nothing tells rows apart', async () => {
    const { finder, fitted } = openFinder();
    const narrow = await createAxesEncoder(encoderOf(vectors, 6), finder, { most: () => 6, unit: 'pixels' }).encode(
      requestFor(labelledRows),
    );
    expect(narrow).toMatchObject({ method, notes: ['Turned into numbers.'] });
    expect(fitted).toHaveLength(0);
    const same = new Float32Array(rows * 6).fill(2);
    const made = await createAxesEncoder(encoderOf(same, 6), finder, { most: () => 2, unit: 'pixels' }).encode(
      requestFor(labelledRows),
    );
    if (made.kind === 'none') throw new Error(made.reason);
    expect(readAll(made)).toEqual(same);
  });

  it('are fitted to some of very many rows, drawn by lot', async () => {
    const { finder, fitted } = openFinder();
    const many = Float32Array.from({ length: 10_500 * 2 }, (_, at) => (at % 2 === 0 ? at / 2 : 1));
    const encoder = createAxesEncoder(encoderOf(many, 2), finder, { most: () => 1, unit: 'pixels' });
    const made = await encoder.encode(requestFor(new Uint8Array(10_500).fill(1)));
    expect(made).toMatchObject({ method: { principal: { axes: 1, fittedRows: 10_000 } } });
    const drawn = fitted[0].data.filter((_, at) => at % 2 === 0);
    expect(new Set(drawn).size).toBe(10_000);
    expect(drawn).toEqual(drawn.slice().sort());
  });

  it('are cancelled, and pass on that there are none', async () => {
    const signal = {
      cancelled: true,
      throwIfCancelled: () => {
        throw new CancelledError();
      },
    };
    const encoder = createAxesEncoder(encoderOf(vectors, 6), openFinder().finder, { most: () => 2, unit: 'pixels' });
    await expect(encoder.encode(requestFor(labelledRows, { signal }))).rejects.toThrow(CancelledError);
    const none: NoVectors = {
      kind: 'none',
      columns: [column],
      reason: 'none of its pictures can be read',
      cautions: [],
    };
    const empty = createAxesEncoder({ passes: 1, encode: async () => none }, openFinder().finder, {
      most: () => 2,
      unit: 'pixels',
    });
    expect(await empty.encode(requestFor(labelledRows))).toBe(none);
  });
});
