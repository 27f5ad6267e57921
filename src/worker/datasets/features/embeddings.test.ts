import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditSettings } from '../../../contract/audit';
import type { Column } from '../../../contract/dataset';
import { createRandom } from '../../../core/base/random';
import { CellBlock } from '../cells/cellBlock';
import type { CellScan, FeaturePipeline } from '../datasetTypes';
import { applyFeaturePipeline, createSharedMatrix, fillMatrix } from './applyFeaturePipeline';
import { rankCorrelation } from './embeddings';
import { fitFeaturePipeline } from './fitFeaturePipeline';

interface Table {
  readonly names: readonly string[];
  /** By column. */
  readonly values: readonly (readonly number[])[];
}

const rows = 60;

/** Normal numbers; column k of a prefix has the standard deviation spread(k), roughly. */
function axes(prefix: string, count: number, spread: (k: number) => number, seed = 1): Table {
  const random = createRandom(seed);
  return {
    names: Array.from({ length: count }, (_, k) => `${prefix}${k}`),
    values: Array.from({ length: count }, (_, k) =>
      Array.from({ length: rows }, () => spread(k) * (0.3 + random.normal())),
    ),
  };
}

const beside = (...tables: readonly Table[]): Table => ({
  names: tables.flatMap(({ names }) => names),
  values: tables.flatMap(({ values }) => values),
});

const falling = (k: number): number => 5 * 0.9 ** k;
const learnt = Uint8Array.from({ length: rows }, (_, row) => (row % 3 === 0 ? 0 : 1));

async function encode(
  { names, values }: Table,
  scale: AuditSettings['scale'],
  standardize = true,
): Promise<{ readonly pipeline: FeaturePipeline; readonly data: Float64Array }> {
  const scan: CellScan = async (indices, onBlock) => {
    await onBlock(
      CellBlock.ofColumns(
        0,
        indices.map((index) => values[index].map((value) => (Number.isNaN(value) ? '' : String(value)))),
      ),
    );
  };
  const columns = names.map((name, index): Column => {
    const rest = { reason: '', missing: 0, distinct: null, range: null, examples: [] };
    return { index, name, type: 'number', role: 'feature', ...rest };
  });
  const pipeline = await fitFeaturePipeline({
    scan,
    columns,
    labelledRows: learnt,
    standardize,
    scale,
    intercept: true,
  });
  const matrix = createSharedMatrix(rows, pipeline.features.length);
  // What is stored as JSON must be all there is to it.
  const stored = JSON.parse(JSON.stringify(pipeline)) as FeaturePipeline;
  await applyFeaturePipeline(stored, { scan, take: fillMatrix(matrix) });
  return { pipeline, data: matrix.data };
}

/** Over the rows learnt from. */
function meanAndDeviation(values: readonly number[]): { readonly mean: number; readonly deviation: number } {
  const chosen = values.filter((value, row) => learnt[row] === 1 && !Number.isNaN(value));
  const mean = chosen.reduce((sum, value) => sum + value, 0) / chosen.length;
  return { mean, deviation: Math.sqrt(chosen.reduce((sum, value) => sum + (value - mean) ** 2, 0) / chosen.length) };
}

const scalesOf = ({ features }: FeaturePipeline): number[] => features.slice(0, -1).map(({ scale }) => scale);

describe('embeddings', () => {
  it('are centred by column and divided by the root mean square of the standard deviations', async () => {
    const table = axes('emb_', 20, falling);
    const { pipeline, data } = await encode(table, 'auto');
    const found = table.values.map(meanAndDeviation);
    const scale = Math.sqrt(found.reduce((sum, { deviation }) => sum + deviation ** 2, 0) / found.length);
    const width = pipeline.features.length;
    expect(width).toBe(21);
    for (let row = 0; row < rows; row++) {
      found.forEach(({ mean }, k) =>
        expect(data[row * width + k]).toBeCloseTo((table.values[k][row] - mean) / scale, 10),
      );
      expect(data[row * width + 20]).toBe(1);
    }
    expect(pipeline.embeddings).toHaveLength(1);
    expect(pipeline.embeddings?.[0]).toMatchObject({ first: 'emb_0', last: 'emb_19', columns: 20 });
    expect(pipeline.embeddings?.[0].scale).toBeCloseTo(scale, 10);
    expect(pipeline.notes.join(' ')).toContain('20 columns, emb_0 … emb_19, are taken as one embedding');
  });

  it('keep the scales of the columns beside them, and have one each', async () => {
    const single: Table = { names: ['age'], values: axes('', 1, () => 12).values };
    const table = beside(
      axes('text', 16, falling),
      single,
      axes('image', 18, (k) => falling(k) / 100, 2),
    );
    const { pipeline } = await encode(table, 'auto');
    const scales = scalesOf(pipeline);
    expect(new Set(scales.slice(0, 16)).size).toBe(1);
    expect(scales[16]).toBeCloseTo(meanAndDeviation(single.values[0]).deviation, 10);
    expect(new Set(scales.slice(17)).size).toBe(1);
    expect(pipeline.embeddings?.map(({ first, columns }) => [first, columns])).toEqual([
      ['text0', 16],
      ['image0', 18],
    ]);
  });

  it('are by themselves only columns whose spread falls with their number', async () => {
    // The first axis of a truncated SVD has a mean, and a small spread.
    const kinds: [string, (k: number) => number, boolean][] = [
      ['axes', falling, true],
      ['SVD', (k) => (k === 0 ? 0.5 * falling(19) : falling(k)), true],
      ['pixels', (k) => 1 + 5 * Math.sin(k / 6) ** 2, false],
      ['spectrum', (k) => Math.exp(-(((k - 12) / 8) ** 2)), false],
      ['network', () => 1, false],
      ['rising', (k) => 1 + k, false],
    ];
    for (const [kind, spread, expected] of kinds) {
      const table = axes('V', 40, spread);
      const { pipeline } = await encode(table, 'auto');
      expect([kind, pipeline.embeddings !== undefined]).toEqual([kind, expected]);
      if (!expected) {
        scalesOf(pipeline).forEach((scale, k) =>
          expect(scale).toBeCloseTo(meanAndDeviation(table.values[k]).deviation, 10),
        );
        expect(pipeline.notes).toEqual([]);
      }
      expect((await encode(table, 'blocks')).pipeline.embeddings).toHaveLength(1);
      expect((await encode(table, 'columns')).pipeline.embeddings).toBeUndefined();
    }
  });

  it('lie about 0 by themselves, all but one in ten: counts in the order of their frequency do not', async () => {
    const shifted = (columns: number): Table => {
      const { names, values } = axes('w', 20, falling);
      return {
        names,
        values: values.map((one, k) => (k < columns ? one.map((value) => value + 50 * falling(k)) : one)),
      };
    };
    for (const [columns, found] of [
      [0, 1],
      [2, 1],
      [3, undefined],
      [20, undefined],
    ] as const) {
      expect((await encode(shifted(columns), 'auto')).pipeline.embeddings?.length).toBe(found);
      expect((await encode(shifted(columns), 'blocks')).pipeline.embeddings).toHaveLength(1);
    }
  });

  it('do not count columns that are constant in the rows learnt from', async () => {
    const constant = (...at: readonly number[]): Table => {
      const table = axes('pc', 18, falling);
      // Row 0 is not learnt from.
      const dull = Array.from({ length: rows }, (_, row) => (row === 0 ? 99 : 7));
      return { ...table, values: table.values.map((values, k) => (at.includes(k) ? dull : values)) };
    };
    const { pipeline } = await encode(constant(0, 9), 'auto');
    const rest = constant(0, 9).values.filter((_, k) => k !== 0 && k !== 9);
    const squares = rest.map((values) => meanAndDeviation(values).deviation ** 2);
    expect(pipeline.embeddings?.[0]).toMatchObject({ first: 'pc1', last: 'pc17', columns: 16 });
    expect(pipeline.embeddings?.[0].scale).toBeCloseTo(Math.sqrt(squares.reduce((sum, one) => sum + one, 0) / 16), 10);
    expect(pipeline.dropped.map(({ column }) => column)).toEqual(['pc0', 'pc9']);
    // Fifteen are left.
    expect((await encode(constant(0, 9, 12), 'blocks')).pipeline.embeddings).toBeUndefined();
  });

  it('leave marks of missing cells their own scale', async () => {
    const table = axes('pc', 16, falling);
    const holes = table.values.map((values, k) => values.map((value, row) => (k === 3 && row % 5 === 1 ? NaN : value)));
    const { pipeline } = await encode({ ...table, values: holes }, 'auto');
    const mark = pipeline.features.find(({ name }) => name === 'pc3 is missing');
    const share = mark?.centre ?? NaN;
    expect(mark?.scale).toBeCloseTo(Math.sqrt(share * (1 - share)), 10);
    expect(new Set(pipeline.features.filter(({ name }) => /^pc\d+$/.test(name)).map(({ scale }) => scale)).size).toBe(
      1,
    );
  });

  it('are not formed where nothing is scaled, or numbers are beyond comparing', async () => {
    const { pipeline } = await encode(axes('pc', 16, falling), 'blocks', false);
    expect(pipeline.embeddings).toBeUndefined();
    expect(scalesOf(pipeline)).toEqual(Array<number>(16).fill(1));
    const huge = axes('pc', 16, (k) => (k === 0 ? 1e308 : falling(k)));
    expect((await encode(huge, 'blocks')).pipeline.embeddings).toBeUndefined();
  });
});

describe('rank correlation', () => {
  it('is that of scipy.stats.spearmanr', () => {
    // from scipy.stats import spearmanr as s; s(range(7), [3,1,4,1,5,9,2]), s(range(6), [6,5,4,4,4,1])
    expect(rankCorrelation([3, 1, 4, 1, 5, 9, 2])).toBeCloseTo(0.32433749, 7);
    expect(rankCorrelation([6, 5, 4, 4, 4, 1])).toBeCloseTo(-0.94112395, 7);
    expect(rankCorrelation([2, 2, 2])).toBe(0);
  });

  it('is 1 for what rises and −1 for what falls, whatever the steps', () => {
    const numbers = fc.uniqueArray(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), {
      minLength: 2,
      maxLength: 50,
    });
    fc.assert(
      fc.property(numbers, (values) => {
        const rising = values.sort((a, b) => a - b);
        expect(rankCorrelation(rising)).toBeCloseTo(1, 12);
        expect(rankCorrelation([...rising].reverse())).toBeCloseTo(-1, 12);
      }),
      { seed: 1 },
    );
  });
});
