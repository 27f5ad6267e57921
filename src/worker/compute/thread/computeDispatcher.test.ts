import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AuditInput, AuditResult } from '../../../core/audit/auditTypes';
import { BugError, InputError } from '../../../core/base/errors';
import type { FeatureRows } from '../../../core/base/featureRows';
import { readRows } from '../../../core/base/featureRows';
import type { JobContext } from '../../../core/job/jobContext';
import { createFloat64LinearAlgebra } from '../../../core/linalg/float64LinearAlgebra';
import type { AuditSession, EditEffect } from '../../../core/session/sessionTypes';
import { temporaryFolders } from '../../datasets/testFiles';
import { writeNpy } from '../../store/npy/npy';
import type { FeatureSource } from '../featureSource';
import type { DispatcherOptions } from './computeDispatcher';
import { ComputeDispatcher } from './computeDispatcher';
import type { ComputeAuditInput, ComputeSessionInput, RequestMessage, ThreadMessage } from './messages';

const matrix = { rows: 2, columns: 1, data: Float64Array.of(1, -1) };
const input: ComputeAuditInput = {
  features: matrix,
  labels: Int32Array.of(0, 1),
  classes: 2,
  split: Uint8Array.of(0, 0),
  unpenalised: [],
  l2: 1,
};
const sessionInput: ComputeSessionInput = { ...input, l2: 1, kind: 'logistic', theta: Float64Array.of(0) };
const effectOf = (rows: Int32Array): EditEffect => ({
  method: 'rif',
  trainRows: rows.length,
  otherRows: 0,
  parameterChange: Float64Array.of(0),
  parameterChangeNorm: 0,
  validation: null,
  maxLeverage: 0,
});

function session(onDispose: () => void): AuditSession {
  const unused = (): never => {
    throw new BugError('not asked in this test');
  };
  return {
    parameters: 1,
    estimateRemovalEffect: ({ rows }) => effectOf(rows),
    estimateRelabelEffect: unused,
    estimateEditShift: unused,
    findPulledRows: unused,
    believe: () => null,
    retrainWithout: ({ rows }) => effectOf(rows),
    findInfluentialSubset: unused,
    findSmallestFlip: unused,
    explainPrediction: unused,
    unlearn: unused,
    reportTrust: unused,
    explainRow: unused,
    dispose: onDispose,
  };
}

function control(): SharedArrayBuffer {
  return new SharedArrayBuffer(4);
}

/** A dispatcher with a wire that the test holds in its hands, and a clock that advances at every look. */
function setUp(audit: (input: AuditInput, context: JobContext) => AuditResult, step = 25) {
  const sent: ThreadMessage[] = [];
  const moved: (readonly ArrayBuffer[])[] = [];
  const opened: FeatureRows[] = [];
  const wire: RequestMessage[] = [];
  let clock = 0;
  let disposed = 0;
  const options: DispatcherOptions = {
    post: (message, transfer = []) => {
      sent.push(message);
      if (message.kind === 'result') moved.push(transfer);
    },
    poll: () => wire.shift(),
    now: () => (clock += step),
    chooseBackend: async (requested) => {
      if (requested === 'native') throw new InputError('no native here');
      return { linalg: createFloat64LinearAlgebra(), tensorflow: null, reason: '' };
    },
    audit,
    openSession: ({ features }) => {
      opened.push(features);
      return session(() => disposed++);
    },
  };
  const dispatcher = new ComputeDispatcher(options);
  const results = () => sent.filter((message) => message.kind === 'result');
  return { dispatcher, sent, moved, opened, wire, results, disposedSessions: () => disposed };
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
const done = { marker: 'audit done' } as unknown as AuditResult; // Only carried through.

describe('ComputeDispatcher', () => {
  it('stops an audit within the block after the one in which the flag was set', async () => {
    const flag = control();
    let blocks = 0;
    const { dispatcher, results } = setUp((_input, { signal }) => {
      for (;;) {
        signal.throwIfCancelled();
        blocks++;
        if (blocks === 3) Atomics.store(new Int32Array(flag), 0, 1);
      }
    });
    dispatcher.receive({ id: 1, name: 'audit', params: { input, backend: 'auto', seed: 1 }, control: flag });
    await settle();
    expect(blocks).toBe(3);
    expect(results()).toMatchObject([{ id: 1, result: { ok: false, error: { code: 'cancelled' } } }]);
  });

  it('does not begin what was cancelled while it waited', async () => {
    let begun = 0;
    const { dispatcher, results } = setUp(() => {
      begun++;
      return done;
    });
    const flag = control();
    Atomics.store(new Int32Array(flag), 0, 1);
    dispatcher.receive({ id: 5, name: 'audit', params: { input, backend: 'auto', seed: 1 }, control: flag });
    await settle();
    expect(begun).toBe(0);
    expect(results()).toMatchObject([{ id: 5, result: { ok: false, error: { code: 'cancelled' } } }]);
  });

  it('answers quick questions in the midst of an audit and lets slow ones wait for its end', async () => {
    const order: string[] = [];
    const { dispatcher, wire, results } = setUp((_input, { signal }) => {
      wire.push({ id: 11, name: 'retrainWithout', params: { rows: Int32Array.of(4, 5) }, control: control() });
      wire.push({
        id: 12,
        name: 'estimateRemovalEffect',
        params: { rows: Int32Array.of(7), method: 'rif' },
        control: control(),
      });
      wire.push({ id: 13, name: 'describe', params: { backend: 'auto' }, control: control() });
      signal.throwIfCancelled();
      order.push(...results().map(({ id }) => String(id)), 'audit');
      return done;
    });
    dispatcher.receive({
      id: 10,
      name: 'openSession',
      params: { input: sessionInput, backend: 'auto' },
      control: control(),
    });
    dispatcher.receive({ id: 20, name: 'audit', params: { input, backend: 'auto', seed: 1 }, control: control() });
    await settle();
    expect(order).toEqual(['10', '12', '13', 'audit']);
    expect(results().map(({ id }) => id)).toEqual([10, 12, 13, 20, 11]);
    expect(results()[1]).toMatchObject({ result: { ok: true, value: { trainRows: 1 } } });
    expect(results()[4]).toMatchObject({ result: { ok: true, value: { trainRows: 2 } } });
  });

  it('passes on the first and the last progress of a stage and not more than twenty a second between', async () => {
    const { dispatcher, sent } = setUp((_input, { progress }) => {
      for (let i = 0; i <= 100; i++) progress({ stage: 'fit', done: i, total: 100 });
      progress({ stage: 'ranking', done: 0, total: 3 });
      return done;
    }, 10);
    dispatcher.receive({ id: 1, name: 'audit', params: { input, backend: 'auto', seed: 1 }, control: control() });
    await settle();
    const seen = sent.flatMap((message) => (message.kind === 'progress' ? [message.progress] : []));
    expect(seen[0]).toEqual({ stage: 'fit', done: 0, total: 100 });
    expect(seen.at(-2)).toEqual({ stage: 'fit', done: 100, total: 100 });
    expect(seen.at(-1)).toEqual({ stage: 'ranking', done: 0, total: 3 });
    // The clock advances by 10 ms a report: every fifth of 101, and the next stage.
    expect(seen.length).toBe(22);
  });

  it('says that a backend or a session is missing, every time it is asked', async () => {
    const { dispatcher, results } = setUp(() => done);
    for (const id of [1, 2])
      dispatcher.receive({ id, name: 'describe', params: { backend: 'native' }, control: control() });
    dispatcher.receive({
      id: 3,
      name: 'estimateRemovalEffect',
      params: { rows: Int32Array.of(1), method: 'if' },
      control: control(),
    });
    await settle();
    expect(results()).toMatchObject([
      { id: 1, result: { ok: false, error: { code: 'input', message: 'no native here' } } },
      { id: 2, result: { ok: false, error: { code: 'input', message: 'no native here' } } },
      {
        id: 3,
        result: { ok: false, error: { code: 'input', message: expect.stringContaining('No audit is loaded') } },
      },
    ]);
  });

  it('answers with the error and with what was behind it', async () => {
    const { dispatcher, results } = setUp(() => {
      throw new InputError('That file is odd.', { cause: new RangeError('offset 9') });
    });
    dispatcher.receive({ id: 1, name: 'audit', params: { input, backend: 'auto', seed: 1 }, control: control() });
    await settle();
    const error = {
      code: 'input',
      message: 'That file is odd.',
      causes: [{ name: 'RangeError', message: 'offset 9' }],
    };
    expect(results()).toMatchObject([{ id: 1, result: { ok: false, error } }]);
  });

  it('frees the session that a new one replaces, and the last one when asked', async () => {
    const { dispatcher, disposedSessions, results } = setUp(() => done);
    const params = { input: sessionInput, backend: 'auto' as const };
    dispatcher.receive({ id: 1, name: 'openSession', params, control: control() });
    dispatcher.receive({ id: 2, name: 'openSession', params, control: control() });
    await settle();
    expect(disposedSessions()).toBe(1);
    dispatcher.receive({ id: 3, name: 'closeSession', params: null, control: control() });
    await settle();
    expect(disposedSessions()).toBe(2);
    expect(results().every(({ result }) => result.ok)).toBe(true);
  });

  describe('with features on disk', () => {
    const folder = temporaryFolders();
    const stored = async (): Promise<FeatureSource> => {
      const path = join(folder(), 'features.npy');
      await writeNpy(path, { data: Float64Array.of(1, -1), shape: [2, 1] });
      return { kind: 'npy', path, rows: 2, columns: 1, element: 'float64' };
    };
    const valueOf = (features: FeatureRows): number => {
      const out = new Float64Array(1);
      readRows(features, 1, 1, out);
      return out[0];
    };

    it('opens them for an audit and closes them afterwards, also when it fails', async () => {
      const given: FeatureRows[] = [];
      const { dispatcher, results } = setUp(({ features, l2 }) => {
        expect(valueOf(features)).toBe(-1);
        given.push(features);
        if (l2 === 2) throw new InputError('no');
        return done;
      });
      const features = await stored();
      for (const l2 of [1, 2]) {
        const params = { input: { ...input, features, l2 }, backend: 'auto', seed: 1 } as const;
        dispatcher.receive({ id: l2, name: 'audit', params, control: control() });
      }
      await settle();
      expect(results()).toMatchObject([{ result: { ok: true } }, { result: { error: { code: 'input' } } }]);
      expect(given).toHaveLength(2);
      for (const rows of given) expect(() => valueOf(rows)).toThrow(/after it had been closed/);
    });

    it('keeps them open as long as the session lives', async () => {
      const { dispatcher, opened } = setUp(() => done);
      const params = { input: { ...sessionInput, features: await stored() }, backend: 'auto' as const };
      dispatcher.receive({ id: 1, name: 'openSession', params, control: control() });
      dispatcher.receive({ id: 2, name: 'openSession', params, control: control() });
      await settle();
      expect(() => valueOf(opened[0])).toThrow(/after it had been closed/);
      expect(valueOf(opened[1])).toBe(-1);
      dispatcher.receive({ id: 3, name: 'closeSession', params: null, control: control() });
      await settle();
      expect(() => valueOf(opened[1])).toThrow(/after it had been closed/);
    });

    it('says that the file is not there', async () => {
      const { dispatcher, results } = setUp(() => done);
      const features = { kind: 'npy', path: '/nowhere/x.npy', rows: 2, columns: 1, element: 'float64' } as const;
      const params = { input: { ...input, features }, backend: 'auto', seed: 1 } as const;
      dispatcher.receive({ id: 1, name: 'audit', params, control: control() });
      await settle();
      expect(results()).toMatchObject([{ result: { ok: false, error: { code: 'storage' } } }]);
    });
  });

  it('moves the large arrays of an audit instead of copying them, each once', async () => {
    const large = new Float64Array(20_000);
    const shared = new Float64Array(new SharedArrayBuffer(160_000));
    const result = {
      columns: {
        loss: large,
        probability: large,
        leverage: large.subarray(1),
        looLoss: shared,
        rank: new Int32Array(9),
      },
      classProbabilities: new Float32Array(40_000),
    } as unknown as AuditResult; // Only what is moved.
    const { dispatcher, moved } = setUp(() => result);
    dispatcher.receive({ id: 1, name: 'audit', params: { input, backend: 'auto', seed: 1 }, control: control() });
    await settle();
    expect(moved).toHaveLength(1);
    expect(new Set(moved[0])).toEqual(new Set([large.buffer, result.classProbabilities.buffer]));
  });
});
