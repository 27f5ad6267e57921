import { describe, expect, it } from 'vitest';
import { auditFeatures } from '../../core/audit/auditFeatures';
import { NumericalError } from '../../core/base/errors';
import { splitCodes } from '../../core/base/splitCodes';
import { createExactNeighbourSearch } from '../../core/ranking/neighbours/exactNeighbours';
import { openAuditSession } from '../../core/session/auditSession';
import type { EditEffect, RemovalRequest } from '../../core/session/sessionTypes';
import { createTestContext, syntheticRows } from '../../core/testing/testData';
import type { ComputeClient } from '../compute/thread/computeClient';
import type { ProjectStore } from '../store/projectStore';
import { EffectsService } from './effectsService';
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
const openSession = () =>
  openAuditSession(
    {
      ...data,
      split,
      unpenalised: [6],
      kind: audit.head.kind,
      theta: audit.head.theta,
      l2: audit.head.l2,
      beliefs: audit.beliefs,
      validationLabels: 'weighted',
    },
    context,
  );

/** A service over a real session; `asked` is what it asked the session. */
function serviceOver(estimate: (request: RemovalRequest) => EditEffect): {
  readonly service: EffectsService;
  readonly asked: RemovalRequest[];
} {
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
    decisions: { state: { rows: new Map() } },
  } as unknown as ProjectStore;
  const asked: RemovalRequest[] = [];
  const compute = {
    openSession: () => Promise.resolve({ parameters: 7 }),
    ask: async (_question: 'estimateRemovalEffect', request: RemovalRequest) => {
      asked.push(request);
      return await Promise.resolve(estimate(request));
    },
  } as unknown as ComputeClient;
  return { service: new EffectsService(store, compute, new Views()), asked };
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
