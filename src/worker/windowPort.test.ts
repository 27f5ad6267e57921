import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import type { EngineEvent } from '../contract/engineApi';
import type { JobSnapshot } from '../contract/jobs';
import type { Result } from '../contract/result';
import { mostQuestions } from '../contract/wire';
import { serveWindow, type WindowService } from './windowPort';

let page: MessagePort;
let complaints: string[];
let answers: unknown[];
let tell: (event: EngineEvent) => void;
let ports: MessagePort[] = [];

function serve(call: WindowService['call']): () => void {
  const { port1, port2 } = new MessageChannel();
  page = port2;
  ports = [port1, port2];
  complaints = [];
  answers = [];
  page.on('message', (message: unknown) => answers.push(message));
  return serveWindow(
    { postMessage: (message) => port1.postMessage(message), onMessage: (listener) => port1.on('message', listener) },
    {
      call,
      onEvent: (listener) => {
        tell = listener;
        return () => (tell = () => undefined);
      },
    },
    (text) => complaints.push(text),
  );
}

afterEach(() => ports.forEach((port) => port.close()));

const question = (id: string) => ({ t: 'q', i: id, m: 'call', a: ['dataset.summary', {}, 'opening'] });
const echo = async (method: string, _params: unknown, about: string | null): Promise<Result<unknown>> => ({
  ok: true,
  value: `${method} about ${about}`,
});
const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 20));

describe('serveWindow', () => {
  it('answers what is asked, after whatever came before', async () => {
    serve(echo);
    const holes = new Array<number>(2 ** 31);
    const garbage = [
      null,
      undefined,
      7,
      'text',
      [],
      {},
      { t: 'q' },
      { t: 's', i: 'x' },
      question(''),
      holes,
      new Date(0),
    ];
    for (const message of garbage) page.postMessage(message);
    page.postMessage({ ...question('odd'), a: ['x'] });
    page.postMessage(question('good'));
    await settled();
    expect(answers).toEqual([
      { t: 's', i: 'odd', r: { ok: false, error: expect.objectContaining({ code: 'bug' }) as unknown } },
      { t: 's', i: 'good', r: { ok: true, value: 'dataset.summary about opening' } },
    ]);
    expect(complaints.length).toBeGreaterThan(5);
  });

  it('does not fill the log', async () => {
    serve(echo);
    for (let count = 0; count < 500; count += 1) page.postMessage(null);
    await settled();
    expect(complaints).toHaveLength(20);
  });

  it('bounds what is under way, and drops a second question of the same id', async () => {
    let asked = 0;
    let release: () => void = () => undefined;
    const held = new Promise<void>((done) => (release = done));
    serve(async () => {
      asked += 1;
      await held;
      return { ok: true, value: null };
    });
    for (let count = 0; count < mostQuestions + 5; count += 1) page.postMessage(question(`q${count}`));
    page.postMessage(question('q0'));
    await settled();
    expect(asked).toBe(mostQuestions);
    expect(answers).toHaveLength(5);
    release();
    await settled();
    page.postMessage(question('q0'));
    await settled();
    expect(asked).toBe(mostQuestions + 1);
  });

  it('lives on when an answer cannot be posted', async () => {
    serve(async (_method, _params, about) => ({ ok: true, value: about === 'odd' ? () => undefined : 'fine' }));
    page.postMessage({ ...question('a'), a: ['dataset.summary', {}, 'odd'] });
    page.postMessage(question('b'));
    await settled();
    expect(answers).toContainEqual({ t: 's', i: 'b', r: { ok: true, value: 'fine' } });
  });

  it('tells events until it is stopped', async () => {
    const stop = serve(echo);
    const job: JobSnapshot = {
      id: 'j',
      kind: 'load',
      state: 'done',
      stages: [],
      seconds: 1,
      secondsLeft: null,
      error: null,
    };
    tell({ kind: 'job', job });
    await settled();
    expect(answers).toEqual([{ m: 'event', a: [{ kind: 'job', job }], t: 'q' }]);
    stop();
    tell({ kind: 'job', job });
    await settled();
    expect(answers).toHaveLength(1);
  });
});
