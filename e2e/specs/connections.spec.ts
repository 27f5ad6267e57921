import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { AuditPage } from '../pages/audit.page';
import { DataPage } from '../pages/data.page';
import { HomePage } from '../pages/home.page';
import { attackPage } from '../support/attackPage';
import { type Assay, electronPath, launchAssay, root, scratchFolder } from '../support/launch';
import { type Listeners, listenOnLoopback } from '../support/listeners';
import { type NetworkTrace, traceNetwork, tracingProblem } from '../support/networkTrace';

/** How long the window is watched: what Chromium does by itself, it does within seconds of its start. */
const watchedMs = 20_000;

let scratch: ReturnType<typeof scratchFolder>;
let listeners: Listeners;
let assay: Assay | undefined;
test.beforeEach(async () => {
  scratch = scratchFolder('connections');
  listeners = await listenOnLoopback();
});
test.afterEach(async () => {
  await assay?.app.close().catch(() => undefined);
  assay = undefined;
  await listeners.close();
  scratch.remove();
});

function trace(program: string): NetworkTrace {
  const folder = join(scratch.path, 'trace');
  mkdirSync(folder);
  return traceNetwork(folder, program);
}

/** The window with every name in the world mapped to the listeners, as far as the application lets that happen. */
async function launch(wrapper?: string): Promise<Assay> {
  assay = await launchAssay({
    userData: join(scratch.path, 'user'),
    switches: [`--host-resolver-rules=MAP * 127.0.0.1:${listeners.port}`, '--lang=en-US'],
    ...(wrapper === undefined ? {} : { wrapper }),
  });
  await expect(new HomePage(assay.page).title).toBeVisible();
  return assay;
}

test('the window for 20 s, with an audit: no connection, no datagram, no look-up', async () => {
  const problem = tracingProblem();
  test.skip(problem !== undefined, problem);
  const traced = trace(electronPath());
  const started = Date.now();
  const { page } = await launch(traced.wrapper);
  await new HomePage(page).sample('Digits').click();
  await new DataPage(page).continueToAudit.click();
  const audit = new AuditPage(page);
  await audit.run.click();
  await expect(audit.continueToReview).toBeVisible({ timeout: 90_000 });
  // The time is what is tested here: nothing shows when Chromium has nothing more to ask.
  await new Promise((done) => setTimeout(done, Math.max(0, watchedMs - (Date.now() - started))));
  expect(traced.outgoing()).toEqual([]);
  expect(listeners.arrived).toEqual([]);
  expect(
    traced.seen(),
    'calls that were traced: sockets between its own processes, and to the display',
  ).toBeGreaterThan(5);
});

test('a page that tries everything reaches nothing', async () => {
  const problem = tracingProblem();
  const traced = problem === undefined ? trace(electronPath()) : undefined;
  const { page, app } = await launch(traced?.wrapper);
  const before = page.url();
  const outcomes = await page.evaluate(attackPage, listeners.port);
  expect(Object.entries(outcomes).filter(([, outcome]) => outcome === 'done')).toEqual([]);
  expect(Object.keys(outcomes).length).toBeGreaterThan(30);
  expect(listeners.arrived).toEqual([]);
  expect(traced?.outgoing() ?? []).toEqual([]);
  expect(page.url()).toBe(before);
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});

test('the command line: a whole audit without a connection, a datagram or a look-up', () => {
  const problem = tracingProblem();
  test.skip(problem !== undefined, problem);
  const traced = trace(process.execPath);
  const out = join(scratch.path, 'out');
  const run = spawnSync(
    traced.wrapper,
    [join(root, 'out/main/assay.js'), 'audit', join(root, 'resources/samples/digits.csv'), '--out', out],
    { encoding: 'utf8' },
  );
  expect(run.stderr).not.toContain('assay:');
  expect(run.status).toBe(0);
  expect(readFileSync(join(out, 'scores.csv'), 'utf8').split('\n').length).toBeGreaterThan(1_000);
  expect(traced.outgoing()).toEqual([]);
});
