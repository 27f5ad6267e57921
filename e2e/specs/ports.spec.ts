import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { AppPage } from '../pages/app.page';
import { AuditPage } from '../pages/audit.page';
import { DataPage } from '../pages/data.page';
import { HomePage } from '../pages/home.page';
import { ReviewPage } from '../pages/review.page';
import { attackPorts } from '../support/attackPorts';
import { type Assay, findEngineProcess, launchAssay, scratchFolder } from '../support/launch';

let scratch: ReturnType<typeof scratchFolder>;
let assay: Assay;
test.beforeEach(async () => {
  scratch = scratchFolder('ports');
  assay = await launchAssay({ userData: join(scratch.path, 'user') });
});
test.afterEach(async () => {
  await assay.app.close().catch(() => undefined);
  scratch.remove();
});

/** What main has written down; there is no file where there was nothing. */
function log(): string {
  const file = join(scratch.path, 'user/logs/main.log');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

async function auditSample(): Promise<ReviewPage> {
  const { page } = assay;
  await new HomePage(page).sample('Digits').click();
  await new DataPage(page).continueToAudit.click();
  const audit = new AuditPage(page);
  await audit.run.click();
  await audit.continueToReview.click({ timeout: 90_000 });
  const review = new ReviewPage(page);
  await expect(review.focusedRow).toBeVisible();
  return review;
}

test('whatever a page sends over its ports is answered or dropped, and the engine lives on', async () => {
  const review = await auditSample();
  const engine = findEngineProcess(assay.pid);
  const { main, answered } = await assay.page.evaluate(attackPorts);
  expect(main).toEqual(main.map(() => false));
  const refused = answered.filter((answer) => !answer.startsWith('attack-twice'));
  expect(refused.length).toBeGreaterThan(15);
  expect(refused.filter((answer) => !answer.endsWith('false'))).toEqual([]);
  expect(findEngineProcess(assay.pid)).toBe(engine);
  // The window goes on over the port it has now, and nothing was decided.
  await expect(review.queue('Decided')).toContainText('0');
  const before = await review.focusedRowId();
  await assay.page.keyboard.press('x');
  await expect.poll(() => review.focusedRowId()).not.toBe(before);
  await expect(review.queue('Decided')).toContainText('1');
  expect(log()).not.toMatch(/uncaught|unhandled|exited with code/);
});

test('another dataset opened while the review asks: no question about the one is asked of the other', async () => {
  const review = await auditSample();
  const { page } = assay;
  const app = new AppPage(page);
  // The digits have rows far beyond those of a small file: a question about one of them would fail there.
  const small = join(scratch.path, 'small.csv');
  const rows = Array.from({ length: 60 }, (_, row) => `${row % 2 === 0 ? 'a' : 'b'},${row},${(row * 7) % 11}`);
  writeFileSync(small, `label,x,y\n${rows.join('\n')}\n`);
  await review.queue('All').click();
  for (let round = 0; round < 4; round += 1) {
    const file = round % 2 === 0 ? small : undefined;
    await page.keyboard.press('End');
    for (let move = 0; move < 12; move += 1) await page.keyboard.press('ArrowUp', { delay: 0 });
    if (file === undefined) {
      await app.home.click();
      await new HomePage(page).recentProject('digits').click();
      await expect(review.focusedRow).toBeVisible();
    } else {
      await assay.choose(file);
      await page.keyboard.press('ControlOrMeta+o');
      for (let move = 0; move < 12; move += 1) await page.keyboard.press('ArrowUp', { delay: 0 });
      await expect(app.facts).toContainText('small');
      await expect(new DataPage(page).summary).toBeVisible();
    }
  }
  await expect(app.messages.getByRole('alert')).toHaveCount(0);
  expect(log()).not.toMatch(/There is no row|not as agreed|unhandled/);
});
