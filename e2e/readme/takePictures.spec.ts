import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { type Page, test } from '@playwright/test';
import { AuditPage } from '../pages/audit.page';
import { DataPage } from '../pages/data.page';
import { ExplainPage } from '../pages/explain.page';
import { HomePage, type SampleName } from '../pages/home.page';
import { ReviewPage } from '../pages/review.page';
import { launchAssay, root, scratchFolder } from '../support/launch';

/**
 * The pictures of README.md, from the application as it is:
 *
 *     npm run build && xvfb-run -a -s "-screen 0 1600x1000x24" npx playwright test -c e2e/readme/playwright.config.ts
 *
 * Small files: WebP, 1,280 pixels wide.
 */
const folder = join(root, 'docs', 'pictures');
const size = { width: 1440, height: 900 };
/** Pixels of the pictures, across. */
const width = 1280;
const quality = 82;

/** What is shown of a sample, once it was audited with nothing chosen. */
const pictures: readonly {
  /** Of the file, where it is not the sample's. */
  readonly name?: string;
  readonly sample: SampleName;
  readonly scheme: 'light' | 'dark';
  show(page: Page): Promise<void>;
}[] = [
  {
    sample: 'Digits',
    scheme: 'light',
    show: async (page) => {
      const review = new ReviewPage(page);
      await page.keyboard.press('k');
      await page.keyboard.press('r');
      await page.keyboard.press('r');
      await review.evidence.getByText('How far to trust this').waitFor();
    },
  },
  {
    sample: 'Reviews',
    scheme: 'light',
    show: async (page) => {
      await page.keyboard.press('ArrowDown');
      await new ReviewPage(page).tellingWords.first().waitFor();
    },
  },
  {
    sample: 'Fashion',
    scheme: 'dark',
    show: async (page) => {
      await page.keyboard.press('r');
      await page.keyboard.press('ArrowDown');
      await new ReviewPage(page).evidence.getByText('How far to trust this').waitFor();
    },
  },
  {
    sample: 'Credit',
    scheme: 'light',
    show: async (page) => {
      await page.keyboard.press('Shift+ArrowDown');
      await page.keyboard.press('Shift+ArrowDown');
      await new ReviewPage(page).effects.getByText('validation loss').first().waitFor();
    },
  },
  {
    name: 'map',
    sample: 'Fashion',
    scheme: 'dark',
    show: async (page) => {
      for (const key of ['g', 's', 'm']) await page.keyboard.press(key);
      const review = new ReviewPage(page);
      await page.getByRole('radio', { name: 'UMAP' }).check({ force: true });
      await page.getByRole('button', { name: 'Compute the map' }).click();
      await review.mapPicture.and(page.getByRole('img', { name: /UMAP/ })).waitFor({ timeout: 120_000 });
    },
  },
  {
    name: 'explain',
    sample: 'Credit',
    scheme: 'light',
    show: async (page) => {
      await page.keyboard.press('ControlOrMeta+5');
      const explain = new ExplainPage(page);
      await explain.hardest.getByRole('button').first().click();
      await explain.flipRows.waitFor({ timeout: 120_000 });
    },
  },
];

for (const { sample, name = sample.toLowerCase(), scheme, show } of pictures) {
  test(name, async () => {
    const scratch = scratchFolder('readme');
    const assay = await launchAssay({ userData: join(scratch.path, 'user'), colorScheme: scheme });
    try {
      const { page, app } = assay;
      await app.evaluate(({ BrowserWindow }, asked) => {
        BrowserWindow.getAllWindows()[0]?.setContentSize(asked.width, asked.height);
      }, size);
      await new HomePage(page).sample(sample).click();
      await new DataPage(page).continueToAudit.click();
      const audit = new AuditPage(page);
      await audit.run.click();
      await audit.continueToReview.click({ timeout: 180_000 });
      await new ReviewPage(page).focusedRow.waitFor();
      await show(page);
      // The focus has moved, and nothing waits for an answer any more.
      await page.waitForTimeout(1_500);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `${name}.webp`), await toWebp(await page.screenshot()));
    } finally {
      await assay.close();
      scratch.remove();
    }
  });
}

async function toWebp(png: Buffer): Promise<Buffer> {
  const image = await loadImage(png);
  const canvas = createCanvas(width, Math.round((image.height * width) / image.width));
  canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.encode('webp', quality);
}
