import { describe, expect, it } from 'vitest';
import { auditFeatures } from '../../core/audit/auditFeatures';
import { NumericalError } from '../../core/base/errors';
import { splitCodes } from '../../core/base/splitCodes';
import type { LabelBeliefs } from '../../core/influence/measurements/measuredLabels';
import type { ValidationLabels } from '../../core/influence/measurements/validationLabels';
import { createExactNeighbourSearch } from '../../core/ranking/neighbours/exactNeighbours';
import type { RowReview } from '../../core/review/decisions';
import { openAuditSession } from '../../core/session/auditSession';
import type { EditEffect, RemovalRequest } from '../../core/session/sessionTypes';
import { createTestContext, syntheticRows } from '../../core/testing/testData';
import { measureSpread } from '../../core/validation/randomSets';
import type { ComputeClient } from '../compute/thread/computeClient';
import type { ProjectStore } from '../store/projectStore';
import { EffectsService } from './effectsService';
import { describeRowRemoval } from './rowRemoval';
import { sessionArrays } from './sessionFacts';
import { Views } from './views';

const n = 300;
const data = syntheticRows({ rows: n, features: 7, classes: 2, seed: 31 });
const split = Uint8Array.from({ length: n }, (_, i) => (i % 4 === 0 ? splitCodes.validation : splitCodes.train));
const context = createTestContext();
const audit = auditFeatures(
  { ...data, split, unpenalised: [6], l2: 0.01, neighbours: createExactNeighbourSearch() },
  context,
);
const openSession = (validationLabels: ValidationLabels = 'weighted') =>
  openAuditSession(
    {
      ...data,
      split,
      unpenalised: [6],
      kind: audit.head.kind,
      theta: audit.head.theta,
      l2: audit.head.l2,
      beliefs: audit.beliefs,
      validationLabels,
    },
    context,
  );

/** A service over a real session; `asked` is what it asked the session. */
function serviceOver(estimate: (request: RemovalRequest) => EditEffect): {
  readonly service: EffectsService;
  readonly asked: RemovalRequest[];
  readonly believed: LabelBeliefs[];
  readonly decide: (row: number, decision: RowReview['decision']) => void;
} {
  const state = { lastSeq: 0, rows: new Map<number, RowReview>() };
  const believed: LabelBeliefs[] = [];
  const decide = (row: number, decision: RowReview['decision']): void => {
    state.lastSeq++;
    state.rows.set(row, { decision, note: '', time: '', reviewer: '' });
  };
  const arrays: Readonly<Record<string, unknown>> = {
    [sessionArrays.labels]: data.labels,
    [sessionArrays.split]: split,
    [sessionArrays.classProbabilities]: new Float32Array(2 * n),
    [sessionArrays.valLossRif]: audit.columns.valLossRif,
    [sessionArrays.theta]: audit.head.theta,
    [sessionArrays.features]: data.features.data,
    [sessionArrays.suspicion]: audit.beliefs.suspicion,
    [sessionArrays.otherLabels]: audit.beliefs.others,
  };
  // Of the project and of the compute thread only what a question about effects needs.
  const store = {
    audits: {
      latest: {
        generation: 1,
        classes: ['a', 'b'],
        summary: {
          head: { parameters: 7, kind: audit.head.kind, l2: audit.head.l2 },
          settings: { validationLabels: 'weighted' },
        },
        arrayNames: Object.keys(arrays),
        pipeline: { intercept: true },
      },
      readArray: (name: string) => Promise.resolve({ data: arrays[name] }),
      findRows: () => ({ rows: n, columns: 7 }),
    },
    decisions: { state },
  } as unknown as ProjectStore;
  const asked: RemovalRequest[] = [];
  const compute = {
    openSession: () => Promise.resolve({ parameters: 7 }),
    believe: (beliefs: LabelBeliefs) => Promise.resolve(void believed.push(beliefs)),
    ask: async (_question: 'estimateRemovalEffect', request: RemovalRequest) => {
      asked.push(request);
      return await Promise.resolve(estimate(request));
    },
  } as unknown as ComputeClient;
  return { service: new EffectsService(store, compute, new Views()), asked, believed, decide };
}

describe('the effects of a selection', () => {
  const large = { kind: 'rows' as const, rows: Array.from({ length: n / 2 }, (_, i) => i) };

  it('say once how far they can be trusted, comparing all three methods', async () => {
    const session = openSession();
    const { service, asked } = serviceOver((request) => session.estimateRemovalEffect(request));
    const effects = await service.removalEffects(large);
    expect(effects.trainRows).toBe(112);
    expect(asked.filter(({ trust }) => trust !== false)).toHaveLength(1);
    expect(effects.trust?.join('\n')).toMatch(/50 % of the training rows/);
    expect(effects.trust?.join('\n')).toMatch(/the Newton step differ by/);
    const { validation } = session.estimateRemovalEffect({ rows: Int32Array.from(large.rows), method: 'rif' });
    expect(effects.validationLabels).toBe('weighted');
    expect(effects.before?.loss).toBe(validation?.lossBefore);
    expect(effects.rif?.loss).toBe(validation?.lossAfter);
    expect(effects.given?.before?.loss).toBe(validation?.given?.lossBefore);
    expect(effects.given?.rif?.loss).toBe(validation?.given?.lossAfter);
    expect(effects.given?.before?.loss).not.toBe(effects.before?.loss);
    const few = await service.removalEffects({ kind: 'rows', rows: [1] });
    expect(few.trust).toEqual([]);
  });

  it('are measured by what was decided about validation rows, and asked for once', async () => {
    const session = openSession();
    const { service, believed, decide } = serviceOver((request) => session.estimateRemovalEffect(request));
    const some = { kind: 'rows' as const, rows: [1, 2, 3] };
    decide(8, { kind: 'keep' });
    await service.removalEffects(some);
    expect(believed).toEqual([]);
    decide(1, { kind: 'keep' });
    decide(4, { kind: 'later' });
    await service.removalEffects(some);
    expect(believed).toEqual([]);
    decide(4, { kind: 'relabel', label: 'ab'[1 - data.labels[4]] });
    await service.removalEffects(some);
    await service.removalEffects(some);
    expect(believed).toHaveLength(1);
    const [beliefs] = believed;
    expect([beliefs.labels[4], beliefs.suspicion[4], beliefs.suspicion[8]]).toEqual([1 - data.labels[4], 0, 0]);
    expect(beliefs.suspicion[12]).toBe(audit.beliefs.suspicion[12]);
  });

  it('say so without a Newton step too, which fails where they can be trusted least', async () => {
    const session = openSession();
    const { service } = serviceOver((request) => {
      if (request.method === 'newton') throw new NumericalError('The Newton step does not exist.');
      return session.estimateRemovalEffect(request);
    });
    const effects = await service.removalEffects(large);
    expect(effects.newton).toBeNull();
    expect(effects.note).toMatch(/does not exist/);
    expect(effects.trust?.join('\n')).toMatch(/50 % of the training rows/);
  });
});

describe('the removal of one row', () => {
  const spread = measureSpread(audit.columns.valLossRif);
  const removal = (way: ValidationLabels, row: number): readonly [EditEffect, EditEffect] => {
    const session = openSession(way);
    const rows = Int32Array.of(row);
    return [
      session.estimateRemovalEffect({ rows, method: 'rif' }),
      session.estimateRemovalEffect({ rows, method: 'newton' }),
    ];
  };

  it('is told by the given labels too, where others are taken', () => {
    for (const row of [1, 2, 3]) {
      const { givenEffect, newtonGap } = describeRowRemoval(...removal('weighted', row), spread);
      const [byGiven] = removal('given', row);
      expect(givenEffect).toBeCloseTo(byGiven.validation?.lossChangeLinear ?? Number.NaN, 12);
      expect(givenEffect).not.toBeCloseTo(audit.columns.valLossRif[row], 9);
      // RIF of one row is its Newton step.
      expect(newtonGap).toBeLessThan(1e-6);
    }
    expect(describeRowRemoval(...removal('given', 1), spread).givenEffect).toBeNull();
  });

  it('disagrees where the two point opposite ways by more than rows vary by', () => {
    const [rif, newton] = removal('weighted', 1);
    const { validation } = rif;
    const byGiven = validation?.given;
    if (validation === null || byGiven === null || byGiven === undefined)
      throw new Error('The labels as given are not measured.');
    const said = (taken: number, given: number) =>
      describeRowRemoval(
        {
          ...rif,
          validation: {
            ...validation,
            lossChangeLinear: taken * spread.deviation,
            given: { ...byGiven, lossChangeLinear: given * spread.deviation },
          },
        },
        newton,
        spread,
      ).labelsDisagree;
    expect(said(-1.1, 1.1)).toBe(true);
    expect(said(-1.1, 0.9)).toBe(false);
    expect(said(-0.9, 1.1)).toBe(false);
    expect(said(-1.1, -1.1)).toBe(false);
  });

  it.each([
    [2, 9, 3],
    [3, 12, 4],
    [2, 5, 5],
    [4, 8, 6],
  ])('varies by the given labels nearly as much (%d classes, every %dth label wrong)', (classes, every, seed) => {
    const clean = syntheticRows({ rows: 400, features: 7, classes, seed });
    const labels = clean.labels.map((label, row) => (row % every === 0 ? (label + 1) % classes : label));
    const parts = Uint8Array.from(labels, (_, row) => (row % 4 === 1 ? splitCodes.validation : splitCodes.train));
    const input = { ...clean, labels, split: parts, unpenalised: [6] };
    const { head, beliefs } = auditFeatures({ ...input, l2: 0.01, neighbours: createExactNeighbourSearch() }, context);
    const { kind, theta, l2 } = head;
    const session = openAuditSession({ ...input, kind, theta, l2, beliefs, validationLabels: 'weighted' }, context);
    const effects = Array.from({ length: 400 }, (_, row) => row).flatMap((row) => {
      if (parts[row] !== splitCodes.train) return [];
      const { validation } = session.estimateRemovalEffect({ rows: Int32Array.of(row), method: 'rif', trust: false });
      const given = validation?.given ?? null;
      return validation === null || given === null ? [] : [[validation.lossChangeLinear, given.lossChangeLinear]];
    });
    expect(effects).toHaveLength(300);
    const [byTaken, byGiven] = [0, 1].map((at) => measureSpread(Float64Array.from(effects, (pair) => pair[at])));
    expect(byGiven.deviation / byTaken.deviation).toBeGreaterThan(0.8);
    expect(byGiven.deviation / byTaken.deviation).toBeLessThan(1.25);
  });
});
