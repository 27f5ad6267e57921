import { join } from 'node:path';
import type { EngineMethod, EngineParams, EngineResult } from '../../src/contract/engineApi';
import { EngineHost } from '../../src/worker/host';

/**
 * The engine of a window, driven as fast as keys can be pressed: opens a file, audits it, decides one row after the
 * other, exports now and then. Prints `decided ROW KIND` once a decision is acknowledged, and what else has begun and
 * ended. Arguments: projects folder, data file, folder to export to, rows, number of the first decision.
 */
async function main([
  projects = '',
  data = '',
  out = '',
  rowCount = '0',
  first = '0',
]: readonly string[]): Promise<void> {
  const host = new EngineHost({
    version: '0.0.0',
    projectsFolder: projects,
    reviewer: 'kills',
    applicationFolder: join(__dirname, '../..'),
    computeThread: join(__dirname, 'compute.js'),
    encoderThread: join(__dirname, 'encoder.js'),
    onProject: () => undefined,
  });
  const states = new Map<string, string>();
  let loaded = false;
  host.onEvent((event) => {
    if (event.kind === 'job') states.set(event.job.id, event.job.state);
    if (event.kind === 'dataset' && event.dataset.complete) loaded = true;
  });
  const call = async <M extends EngineMethod>(method: M, params: EngineParams<M>): Promise<EngineResult<M>> => {
    const result = await host.call(method, params);
    if (!result.ok) throw new Error(`${method}: ${result.error.message}`);
    // The host answers a method with that method's result.
    return result.value as EngineResult<M>;
  };
  const ended = async (jobId: string): Promise<void> => {
    while (!/done|failed|cancelled/.test(states.get(jobId) ?? '')) await sleep(5);
    if (states.get(jobId) !== 'done') throw new Error(`A job ended as ${states.get(jobId) ?? ''}.`);
  };
  const say = (text: string): boolean => process.stdout.write(`${text}\n`);

  host.addGrant('data-grant', data, 'source');
  host.addGrant('out-grant', out, 'export');
  say('loading');
  const open = (): Promise<EngineResult<'project.openSource'>> => call('project.openSource', { grant: 'data-grant' });
  // A file whose reading ended badly twice is not read again by itself: it is opened once more, as the message asks.
  const opened = await open().catch((error: unknown) => {
    if (!/Open the file once more/.test(String(error))) throw error;
    return open();
  });
  say(`opened ${opened.notice}`);
  while (!loaded && !(await call('dataset.summary', {})).complete) await sleep(5);
  if (opened.audit === null) {
    say('auditing');
    await ended((await call('audit.start', { settings: { l2: 0.01, backend: 'float64' } })).jobId);
  }
  const kinds = ['keep', 'remove', 'later'] as const;
  for (let k = Number(first); ; k++) {
    const row = (k * 7) % Number(rowCount);
    const kind = kinds[k % kinds.length] ?? 'keep';
    await call('review.decide', { selection: { kind: 'rows', rows: [row] }, decision: { kind }, threshold: 0.5 });
    say(`decided ${row} ${kind}`);
    if (k % 40 !== 39) continue;
    say('exporting');
    const { jobId } = await call('export.start', {
      grant: 'out-grant',
      kinds: ['removal_list', 'cleaned', 'scores', 'manifest'],
      threshold: 0.5,
    });
    await ended(jobId);
    say('exported');
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
