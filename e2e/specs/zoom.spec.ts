import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { AuditPage } from '../pages/audit.page';
import { DataPage } from '../pages/data.page';
import { HomePage } from '../pages/home.page';
import { type Assay, launchAssay, scratchFolder } from '../support/launch';

let scratch: ReturnType<typeof scratchFolder>;
let assay: Assay;
test.beforeAll(async () => {
  scratch = scratchFolder('zoom');
  assay = await launchAssay({ userData: join(scratch.path, 'user') });
});
test.afterAll(async () => {
  await assay.close();
  scratch.remove();
});

/**
 * Buttons, links and fields that a person at this zoom cannot bring into sight: cut by the window or by something
 * around them that does not scroll; and whether the page itself scrolls sideways.
 */
async function outOfSight(screen: string): Promise<string[]> {
  const shots = process.env['ASSAY_SHOTS'];
  if (shots !== undefined) {
    // The window itself: a screenshot of the page knows nothing of its zoom.
    const png = await assay.app.evaluate(async ({ BrowserWindow }) =>
      (await BrowserWindow.getAllWindows()[0]?.webContents.capturePage())?.toPNG().toString('base64'),
    );
    writeFileSync(join(shots, `zoom-${screen}.png`), Buffer.from(png ?? '', 'base64'));
  }
  const found = await assay.page.evaluate(() => {
    const sideways = document.documentElement.scrollWidth > window.innerWidth + 1 ? ['the page scrolls sideways'] : [];
    const parts = [
      ...document.querySelectorAll<HTMLElement>('button, a[href], input, select, textarea, [role=slider]'),
    ];
    const cut = parts.filter((part) => {
      const box = part.getBoundingClientRect();
      if (box.width === 0 || box.height === 0 || getComputedStyle(part).visibility === 'hidden') return false;
      for (let around = part.parentElement; around !== null; around = around.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(around);
        const frame = around.getBoundingClientRect();
        const outX = box.right > frame.right + 2 || box.left < frame.left - 2;
        const outY = box.bottom > frame.bottom + 2 || box.top < frame.top - 2;
        if (outX && overflowX === 'hidden') return true;
        if (outY && overflowY === 'hidden') return true;
        // What scrolls brings it into sight, and is in sight itself where what is around it is.
        if (outX && (overflowX === 'auto' || overflowX === 'scroll')) return false;
        if (outY && (overflowY === 'auto' || overflowY === 'scroll')) return false;
      }
      return box.right > window.innerWidth + 2 || box.bottom > window.innerHeight + 2 || box.left < -2;
    });
    // In the bar nothing may lie over anything else.
    const bar = [...(document.querySelector('header')?.querySelectorAll('a, button') ?? [])].map((part) =>
      part.getBoundingClientRect(),
    );
    const over = bar.some((a, at) =>
      bar.slice(at + 1).some((b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && a.width * b.width > 0),
    );
    return [
      ...sideways,
      ...(over ? ['parts of the bar overlap'] : []),
      ...cut.map((part) => part.getAttribute('aria-label') ?? part.innerText.slice(0, 40)),
    ];
  });
  return found.map((what) => `${screen}: ${what}`);
}

test('at 200 % everything can be reached, in a usual window and in a small one', async () => {
  const { page, app } = assay;
  const found: string[] = [];
  const size = async (width: number, height: number, zoom: number): Promise<void> => {
    await app.evaluate(
      ({ BrowserWindow }, to) => {
        const [window] = BrowserWindow.getAllWindows();
        window?.setContentSize(to.width, to.height);
        window?.webContents.setZoomFactor(to.zoom);
      },
      { width, height, zoom },
    );
    await page.waitForFunction((wide) => Math.abs(window.innerWidth - wide) <= 2, width / zoom);
  };
  const sizes = [
    [1440, 900],
    [1280, 800],
  ] as const;
  await size(1440, 900, 2);
  found.push(...(await outOfSight('home')));
  await new HomePage(page).sample('Digits').click();
  await expect(new DataPage(page).continueToAudit).toBeEnabled();
  await page.keyboard.press('ControlOrMeta+2');
  await expect(new AuditPage(page).run).toBeEnabled();
  found.push(...(await outOfSight('audit-settings')));
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(new AuditPage(page).continueToReview).toBeVisible({ timeout: 90_000 });
  for (const [width, height] of sizes) {
    await size(width, height, 2);
    for (const [key, screen] of ['data', 'audit', 'review', 'what-if', 'explain', 'groups', 'export'].entries()) {
      await page.keyboard.press(`ControlOrMeta+${key + 1}`);
      await page.waitForTimeout(600);
      found.push(...(await outOfSight(`${screen}-${width}`)));
    }
  }
  // Two views side by side at the usual size.
  await size(1440, 900, 1);
  await page.keyboard.press('ControlOrMeta+3');
  await page.keyboard.press('s');
  await page.waitForTimeout(600);
  found.push(...(await outOfSight('two-views')));
  expect(found).toEqual([]);
});
