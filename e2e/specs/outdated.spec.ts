import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { describeOutdated } from '../../src/core/base/runtimeSupport';
import { AppPage } from '../pages/app.page';
import { HomePage } from '../pages/home.page';
import { launchAssay, scratchFolder } from '../support/launch';

test('an outdated Electron is said on the start screen until understood, and always in About', async () => {
  const scratch = scratchFolder('outdated');
  const userData = join(scratch.path, 'user');
  let assay = await launchAssay({ userData });
  try {
    const version = await assay.app.evaluate(() => process.versions['electron'] ?? '');
    const outdated = describeOutdated(version, new Date()) !== null;
    const notice = assay.page.getByRole('complementary', { name: 'Outdated Electron' });
    await expect(new HomePage(assay.page).title).toBeVisible();
    await expect(new AppPage(assay.page).foot).toContainText('thread', { timeout: 30_000 });
    await expect(notice).toHaveCount(outdated ? 1 : 0);
    if (!outdated) return;
    await expect(notice).toContainText(version);
    const shots = process.env['ASSAY_SHOTS'];
    if (shots !== undefined) await assay.page.screenshot({ path: join(shots, 'home-outdated.png') });
    await notice.getByRole('button', { name: 'Understood' }).click();
    await expect(notice).toHaveCount(0);
    await assay.close();
    assay = await launchAssay({ userData });
    await expect(new AppPage(assay.page).foot).toContainText('thread', { timeout: 30_000 });
    await expect(assay.page.getByRole('complementary', { name: 'Outdated Electron' })).toHaveCount(0);
    await new AppPage(assay.page).run('About');
    await expect(new AppPage(assay.page).about).toContainText('no security fixes');
  } finally {
    await assay.app.close().catch(() => undefined);
    scratch.remove();
  }
});
