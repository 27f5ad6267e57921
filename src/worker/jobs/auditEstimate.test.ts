import { describe, expect, it } from 'vitest';
import { type AuditSettings, auditSettingsSchema } from '../../contract/audit';
import type { DatasetSummary } from '../../contract/dataset';
import { auditStages } from '../../core/job/jobContext';
import { estimateAudit, estimateDisk, estimateMemory, estimateSize, planStages } from './auditEstimate';

const settings = auditSettingsSchema.parse({});
const total = (rows: number, features: number, classes: number, options = settings): number =>
  planStages({ rows, features, classes }, options, 'native').reduce((sum, stage) => sum + stage.expectedSeconds, 0);

describe('planStages', () => {
  it('plans every stage of an audit in order', () => {
    const stages = planStages({ rows: 1_000, features: 10, classes: 2 }, settings, 'native');
    expect(stages.map(({ name }) => name)).toEqual(auditStages);
  });

  it('expects more of more rows, features and classes, and less where parts are left out', () => {
    const base = total(100_000, 30, 5);
    expect(total(200_000, 30, 5)).toBeGreaterThan(base);
    expect(total(100_000, 60, 5)).toBeGreaterThan(base);
    expect(total(100_000, 30, 10)).toBeGreaterThan(base);
    expect(total(100_000, 30, 5, { ...settings, experts: ['head'], l2: 1e-3 })).toBeLessThan(base);
    expect(total(100_000, 30, 5, { ...settings, experts: ['head', 'neighbours30'] })).toBeLessThan(base);
    expect(total(100_000, 30, 5, { ...settings, rounds: 1 })).toBeLessThan(base);
    const alone = { ...settings, experts: ['head'] } satisfies AuditSettings;
    expect(total(100_000, 30, 5, { ...alone, validation: 'none' })).toBeLessThan(total(100_000, 30, 5, alone));
    // Beyond 200 features no forest is asked.
    const without = total(20_000, 210, 2, { ...settings, experts: ['head', 'neighbours10'] });
    expect(total(20_000, 210, 2, { ...settings, experts: ['head', 'neighbours10', 'discriminant'] })).toBe(
      total(20_000, 210, 2),
    );
    expect(total(20_000, 210, 2)).toBeGreaterThan(without);
  });

  it('counts the smaller of rows and features', () => {
    expect(total(60, 5_000, 3)).toBeLessThan(10);
    expect(total(200, 20_000, 2)).toBeLessThan(30);
  });

  // Processor seconds of λ, fit, influence and ranking together, in one round without forests and validation rows, on
  // two cores: the clock shows half of them to all of them.
  it.each([
    [200_000, 31, 5, 'auto' as const, 16.4],
    [10_000, 256, 10, 'auto' as const, 8.2],
    [62_500, 768, 2, 'auto' as const, 30.5],
    [62_500, 768, 2, 1e-3, 7.6],
  ])(
    'is of the size measured: %d × %d, %d classes, λ %s took %d processor seconds',
    (rows, features, classes, l2, cpu) => {
      const stages = planStages(
        { rows, features, classes },
        { ...settings, l2, experts: ['head', 'neighbours10', 'neighbours30'], rounds: 1, validation: 'none' },
        'native',
      );
      const measured = new Set(['lambda', 'fit', 'influence', 'ranking']);
      const planned = stages.reduce(
        (sum, { name, expectedSeconds }) => sum + (measured.has(name) ? expectedSeconds : 0),
        0,
      );
      expect(planned).toBeGreaterThan(cpu / 4);
      expect(planned).toBeLessThan(1.5 * cpu);
    },
  );
});

describe('estimateMemory', () => {
  const memory = (rows: number, features: number, classes = 2, options = settings): number =>
    estimateMemory({ rows, features, classes }, options, 'native') / 2 ** 30;

  it('stays under 3 GiB for a million rows of 768 features, which are on disk', () => {
    expect(memory(1_000_000, 768)).toBeLessThan(3);
    expect(memory(1_000_000, 768)).toBeGreaterThan(1);
  });

  it('is of the size measured: 60,000 × 301 from a file, without neighbours, took 1.2 to 1.3 GiB', () => {
    expect(memory(60_000, 301, 2, { ...settings, experts: ['head'] })).toBeGreaterThan(1);
    expect(memory(60_000, 301, 2, { ...settings, experts: ['head'] })).toBeLessThan(2);
  });

  it('is not of the size of a matrix of the features where the rows are few', () => {
    expect(memory(200, 20_000)).toBeLessThan(2);
    expect(memory(60, 5_000, 3)).toBeLessThan(2);
  });

  it('holds small features whole, and less where neighbours are left out', () => {
    expect(memory(150_000, 768) - memory(150_000, 300)).toBeGreaterThan((8 * 150_000 * 468) / 2 ** 30 - 0.01);
    expect(memory(500_000, 768, 2, { ...settings, experts: ['head'] })).toBeLessThan(memory(500_000, 768));
  });

  it('grows with classes, and does not form what a large head cannot', () => {
    expect(memory(50_000, 80, 100)).toBeGreaterThan(memory(50_000, 80, 10));
    expect(memory(50_000, 1_024, 100)).toBeLessThan(4);
  });
});

describe('estimateAudit', () => {
  const dataset = (rowCount: number, features: number): DatasetSummary => {
    const column = { name: 'x', role: 'feature', type: 'number', missing: 0, distinct: 10 };
    // The estimate reads no more of it.
    return {
      rowCount,
      classCount: 2,
      columns: Array.from({ length: features }, () => column),
    } as unknown as DatasetSummary;
  };
  const fixed = { ...settings, l2: 1e-3 };
  const large = dataset(1_000_000, 767);
  const room = { memoryBytes: 64 * 2 ** 30, diskBytes: 100 * 2 ** 30 };

  it('says what is missing, memory or disk, and what to do', () => {
    const warnings = (space: typeof room | { memoryBytes: number; diskBytes: null }): string | null =>
      estimateAudit(large, fixed, 'native', space).warning;
    expect(warnings({ ...room, memoryBytes: 2 ** 29 })).toMatch(/GiB of memory, and 0\.5 GiB are free/);
    expect(warnings({ ...room, diskBytes: 2 ** 30 })).toMatch(
      /need about 5\.9 GiB on the disk .* and 1\.0 GiB are free there/,
    );
    expect(warnings({ memoryBytes: 2 ** 29, diskBytes: 2 ** 30 })).toMatch(/memory.*disk/);
    expect(warnings({ ...room, diskBytes: null }) ?? '').not.toMatch(/disk/);
    expect(estimateAudit(dataset(1_000, 10), fixed, 'native', room).warning).toBeNull();
  });

  it('warns of long audits only where nothing else is wrong', () => {
    expect(estimateAudit(dataset(1_000_000, 767), settings, 'float64', room).warning).toMatch(
      /minutes\. Fewer features, or a fixed λ/,
    );
    expect(estimateAudit(large, fixed, 'float64', { ...room, diskBytes: 1 }).warning).not.toMatch(/minutes/);
  });

  it('counts the axes of pictures, and on disk the vectors that they are found in', () => {
    const photos = (rowCount: number): DatasetSummary =>
      ({
        ...dataset(rowCount, 0),
        source: { bytes: 500 * rowCount },
        format: 'folder',
        unlabelled: 0,
        columns: [{ name: 'photo', role: 'feature', type: 'picture', missing: 0, distinct: null }],
      }) as unknown as DatasetSummary;
    const size = estimateSize(photos(1_000), settings);
    expect(size).toMatchObject({ rows: 1_000, features: 151, media: { texts: 0, pictures: 1_000 }, vectors: 1_686 });
    expect(estimateSize(photos(80), settings).features).toBe(21);
    expect(estimateSize(photos(20_000), settings).features).toBe(151);
    expect(estimateDisk(size) - estimateDisk({ ...size, vectors: 0 })).toBe(4 * 1_000 * 1_686);
  });

  it('counts the axes of long lists, and the numbers of short ones', () => {
    const lists = (rowCount: number, numbers: number): DatasetSummary =>
      ({
        ...dataset(rowCount, 0),
        unlabelled: 0,
        columns: [{ name: 'v', role: 'feature', type: 'vector', missing: 0, distinct: null, numbers }],
      }) as unknown as DatasetSummary;
    expect(estimateSize(lists(2_000, 768), settings)).toMatchObject({ features: 101, vectors: 868 });
    expect(estimateSize(lists(400, 768), settings).features).toBe(51);
    expect(estimateSize(lists(400, 200), settings).features).toBe(201);
  });

  it('counts features, their file first of all', () => {
    const { rows, features, classes, diskBytes } = estimateAudit(large, fixed, 'native', room);
    expect({ rows, features, classes }).toEqual({ rows: 1_000_000, features: 767, classes: 2 });
    expect(diskBytes).toBe(estimateDisk({ rows, features: features + 1, classes }));
    expect(diskBytes).toBeGreaterThan(8 * rows * features);
  });
});
