import { createBirpc } from 'birpc';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EngineEvent } from '../../contract/engineApi';
import type { Result } from '../../contract/result';
import type { EngineWire, WindowWire } from '../../contract/wire';
import { BugError, CancelledError, InputError, UnavailableError } from '../../core/base/errors';
import { EngineClient } from './engineClient';

/** An engine at the other end of a real MessageChannel. */
function startEngine(answer: (method: string, params: unknown) => Result<unknown> | Promise<Result<unknown>>) {
  const { port1, port2 } = new MessageChannel();
  const calls: { method: string; params: unknown }[] = [];
  const wire: EngineWire = {
    call: async (method, params) => {
      calls.push({ method, params });
      return answer(method, params);
    },
  };
  const rpc = createBirpc<WindowWire, EngineWire, false>(wire, {
    proxify: false,
    post: (data: unknown) => port2.postMessage(data),
    on: (listener) => {
      port2.addEventListener('message', (event) => listener(event.data));
      port2.start();
    },
  });
  return {
    port: port1,
    calls,
    send: (event: unknown) => rpc.$callEvent('event', event as EngineEvent),
    stop: () => port2.close(),
  };
}

const never = (): Promise<Result<unknown>> => new Promise(() => undefined);
const stops: (() => void)[] = [];
let client: EngineClient;

function attach(answer: Parameters<typeof startEngine>[0]) {
  const engine = startEngine(answer);
  stops.push(engine.stop, () => engine.port.close());
  client.attach(engine.port);
  return engine;
}

beforeEach(() => {
  client = new EngineClient();
});
afterEach(() => {
  stops.splice(0).forEach((stop) => stop());
});

describe('EngineClient', () => {
  it('passes parameters with their defaults and gives back the checked answer', async () => {
    const engine = attach(() => ({ ok: true, value: { index: 4, extra: 'dropped' } }));
    expect(await client.call('review.nextPending', { viewId: 'v', from: -1 })).toEqual({ index: 4 });
    expect(engine.calls).toEqual([{ method: 'review.nextPending', params: { viewId: 'v', from: -1 } }]);
    await client.call('audit.estimate', { settings: {} }).catch(() => undefined);
    expect(engine.calls[1]?.params).toMatchObject({ settings: { seed: 7, l2: 'auto' } });
  });

  it('throws the error the engine reports, of its own kind', async () => {
    attach(() => ({ ok: false, error: { code: 'input', message: 'Line 3 is odd.', details: { line: 3 } } }));
    const error = await client.call('project.close', {}).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({ message: 'Line 3 is odd.', details: { line: 3 } });
    attach(() => ({ ok: false, error: { code: 'cancelled', message: 'Cancelled.', details: {} } }));
    await expect(client.call('project.close', {})).rejects.toBeInstanceOf(CancelledError);
  });

  it('refuses parameters and answers that do not fit the contract', async () => {
    const engine = attach(() => ({ ok: true, value: { index: 'four' } }));
    await expect(client.call('review.nextPending', { viewId: 'v', from: -2 })).rejects.toBeInstanceOf(BugError);
    expect(engine.calls).toHaveLength(0);
    await expect(client.call('review.nextPending', { viewId: 'v', from: 0 })).rejects.toBeInstanceOf(BugError);
    attach(() => ({ neither: 'good nor bad' }) as unknown as Result<unknown>);
    await expect(client.call('project.close', {})).rejects.toBeInstanceOf(BugError);
  });

  it('lets calls wait for the first port', async () => {
    const waiting = client.call('review.nextPending', { viewId: 'v', from: 0 });
    attach(() => ({ ok: true, value: { index: null } }));
    expect(await waiting).toEqual({ index: null });
  });

  it('rejects what is under way when the engine dies, and works on over the next port', async () => {
    attach(never);
    const lost = client.call('project.close', {});
    await new Promise((resolve) => setTimeout(resolve, 10));
    client.detach('The engine stopped.');
    const error = await lost.catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UnavailableError);
    expect(error).toMatchObject({ message: 'The engine stopped.', code: 'unavailable' });
    const next = client.call('project.close', {});
    attach(() => ({ ok: true, value: {} }));
    await expect(next).resolves.toEqual({});
  });

  it('still gets the answer to what was asked over a port that is merely replaced, and no event twice', async () => {
    let answerFirst: (result: Result<unknown>) => void = () => undefined;
    const events: EngineEvent[] = [];
    client.onEvent((event) => events.push(event));
    const first = attach(() => new Promise((resolve) => (answerFirst = resolve)));
    const early = client.call('review.nextPending', { viewId: 'v', from: 0 });
    await vi.waitFor(() => expect(first.calls).toHaveLength(1));
    const second = attach(() => ({ ok: true, value: { index: 2 } }));
    const job = { id: 'j', kind: 'load', state: 'done', stages: [], seconds: 1, secondsLeft: null, error: null };
    await first.send({ kind: 'job', job });
    await second.send({ kind: 'job', job });
    expect(await client.call('review.nextPending', { viewId: 'v', from: 0 })).toEqual({ index: 2 });
    answerFirst({ ok: true, value: { index: 1 } });
    expect(await early).toEqual({ index: 1 });
    expect(events).toHaveLength(1);
    expect(first.calls).toHaveLength(1);
  });

  it('rejects what is under way over a replaced port too when the engine dies', async () => {
    const first = attach(never);
    const lost = client.call('project.close', {});
    await vi.waitFor(() => expect(first.calls).toHaveLength(1));
    attach(never);
    client.detach('The engine stopped.');
    await expect(lost).rejects.toBeInstanceOf(UnavailableError);
  });

  it('refuses at once while the engine is given up, and says so to those who wait', async () => {
    const waiting = client.call('project.close', {});
    client.refuse('It died too often.');
    await expect(waiting).rejects.toThrow('It died too often.');
    await expect(client.call('project.close', {})).rejects.toThrow('It died too often.');
    attach(() => ({ ok: true, value: {} }));
    await expect(client.call('project.close', {})).resolves.toEqual({});
  });

  it('gives up waiting for an engine that never starts', async () => {
    vi.useFakeTimers();
    try {
      const waiting = client.call('project.close', {}).catch((caught: unknown) => caught);
      await vi.advanceTimersByTimeAsync(31_000);
      expect(await waiting).toBeInstanceOf(UnavailableError);
    } finally {
      vi.useRealTimers();
    }
  });

  it('tells events that fit, reports those that do not, and tells of the connection', async () => {
    const events: EngineEvent[] = [];
    const problems: Error[] = [];
    const connections: boolean[] = [];
    const stop = client.onEvent((event) => events.push(event));
    client.onProblem((problem) => problems.push(problem));
    client.onConnection((connected) => connections.push(connected));
    const engine = attach(never);
    const job = { id: 'j', kind: 'audit', state: 'running', stages: [], seconds: 1, secondsLeft: null, error: null };
    await engine.send({ kind: 'job', job });
    await engine.send({ kind: 'job', job: { ...job, state: 'asleep' } });
    await vi.waitFor(() => expect(problems).toHaveLength(1));
    expect(events).toEqual([{ kind: 'job', job }]);
    stop();
    await engine.send({ kind: 'job', job });
    client.detach('gone');
    client.detach('gone still');
    expect(connections).toEqual([true, false]);
    expect(events).toHaveLength(1);
  });
});
