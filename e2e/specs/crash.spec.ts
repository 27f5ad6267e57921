import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { AppPage } from '../pages/app.page';
import { AuditPage } from '../pages/audit.page';
import { DataPage } from '../pages/data.page';
import { HomePage } from '../pages/home.page';
import { ReviewPage } from '../pages/review.page';
import { type Assay, findEngineProcess, launchAssay, scratchFolder } from '../support/launch';

let scratch: ReturnType<typeof scratchFolder>;
let assay: Assay | undefined;
test.beforeEach(() => void (scratch = scratchFolder('crash')));
test.afterEach(async () => {
  await assay?.app.close().catch(() => undefined);
  assay = undefined;
  scratch.remove();
});

async function launch(): Promise<Assay> {
  assay = await launchAssay({ userData: join(scratch.path, 'user') });
  return assay;
}

/** Opens the sample and audits it. */
async function audited(): Promise<{ running: Assay; review: ReviewPage }> {
  const running = await launch();
  await new HomePage(running.page).sample('Digits').click();
  await new DataPage(running.page).continueToAudit.click();
  const audit = new AuditPage(running.page);
  await audit.run.click();
  await audit.continueToReview.click({ timeout: 90_000 });
  const review = new ReviewPage(running.page);
  await expect(review.focusedRow).toBeVisible();
  return { running, review };
}

/** Decides rows by key as fast as the window takes them. @returns their ids */
async function decide(running: Assay, review: ReviewPage, keys: string): Promise<string[]> {
  const ids: string[] = [];
  for (const key of keys) {
    const id = await review.focusedRowId();
    await running.page.keyboard.press(key);
    await expect.poll(() => review.focusedRowId()).not.toBe(id);
    ids.push(id);
  }
  return ids;
}

/** The window counts a decision once the engine has said that it is on the disk: from then on it survives anything. */
async function counted(review: ReviewPage, decisions: number): Promise<void> {
  await expect(review.queue('Decided')).toContainText(String(decisions));
}

/** Kills at once: no process gets to finish anything. */
function kill(pid: number): void {
  process.kill(pid, 'SIGKILL');
}

function engineOf(running: Assay): number {
  const engine = findEngineProcess(running.pid);
  if (engine === undefined) throw new Error('The engine process was not found.');
  return engine;
}

/** The window says that the engine is back, and has the project open again. */
async function startedAgain(running: Assay): Promise<void> {
  await expect(new AppPage(running.page).messages).toContainText('was started again', { timeout: 30_000 });
}

async function expectRemoved(review: ReviewPage, ids: readonly string[]): Promise<void> {
  await review.queue('All').click();
  for (const id of ids) await expect(review.row(id)).toContainText('removed');
}

test('the engine killed in the middle of a review: it starts again and every decision is there', async () => {
  const { running, review } = await audited();
  const ids = await decide(running, review, 'xxxx');
  await counted(review, 4);
  kill(engineOf(running));
  await startedAgain(running);
  await expect(review.queue('Decided')).toContainText('4');
  await expectRemoved(review, ids);
  await review.queue('Pending').click();
  await expect(review.row(ids[0] ?? '')).toHaveCount(0);
  const more = await decide(running, review, 'xx');
  await expect(review.queue('Decided')).toContainText('6');
  await expectRemoved(review, [...ids, ...more]);
});

test('the whole application killed in the middle of a review: the project opens with every decision', async () => {
  const first = await audited();
  const ids = await decide(first.running, first.review, 'xxxxx');
  await counted(first.review, 5);
  const engine = engineOf(first.running);
  kill(first.running.pid);
  kill(engine);

  const running = await launch();
  await new HomePage(running.page).recentProject('digits').click();
  const review = new ReviewPage(running.page);
  await expect(review.queue('Decided')).toContainText('5');
  await expectRemoved(review, ids);
});

test('killed in the middle of an audit: the decisions and the audit before it are there', async () => {
  const first = await audited();
  const ids = await decide(first.running, first.review, 'xxx');
  const app = new AppPage(first.running.page);
  const audit = new AuditPage(first.running.page);
  const auditAgain = async (): Promise<void> => {
    await app.auditTab.click();
    await audit.changeSettings.or(audit.runAgain).or(audit.run).first().click();
    await audit.runAgain.or(audit.run).first().click();
    await expect(audit.cancel).toBeVisible();
  };
  await auditAgain();
  kill(engineOf(first.running));
  await startedAgain(first.running);
  await app.reviewTab.click();
  await expect(first.review.queue('Decided')).toContainText('3');

  await auditAgain();
  const engine = engineOf(first.running);
  kill(first.running.pid);
  kill(engine);

  const running = await launch();
  await new HomePage(running.page).recentProject('digits').click();
  const review = new ReviewPage(running.page);
  await expect(review.queue('Decided')).toContainText('3');
  await expectRemoved(review, ids);
});
