import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { AuditPage } from '../pages/audit.page';
import { DataPage } from '../pages/data.page';
import { HomePage, type SampleName } from '../pages/home.page';
import { ReviewPage } from '../pages/review.page';
import { type Assay, launchAssay, root, scratchFolder } from '../support/launch';

let scratch: ReturnType<typeof scratchFolder>;
let assay: Assay;
/** How many of the first dozen rows in Review the sample's file of changed labels names. */
async function countChanged(sample: string): Promise<number> {
  const review = new ReviewPage(assay.page);
  const truth = readFileSync(join(root, `resources/samples/${sample}.truth.csv`), 'utf8');
  const changed = new Set(truth.split('\n').map((line) => line.split(',')[0]));
  let found = 0;
  for (let row = 0; row < 12; row++) {
    const id = await review.focusedRowId();
    if (changed.has(id)) found++;
    await assay.page.keyboard.press('ArrowDown');
    await expect.poll(() => review.focusedRowId()).not.toBe(id);
  }
  return found;
}

/** From Home to the first suspect in three clicks. */
async function auditSample(name: SampleName): Promise<ReviewPage> {
  const { page } = assay;
  await new HomePage(page).sample(name).click();
  await new DataPage(page).auditNow.click();
  await new AuditPage(page).continueToReview.click({ timeout: 90_000 });
  const review = new ReviewPage(page);
  await expect(review.focusedRow).toBeVisible();
  return review;
}

test.beforeEach(async () => {
  scratch = scratchFolder('samples');
  assay = await launchAssay({ userData: join(scratch.path, 'user') });
});
test.afterEach(async () => {
  await assay.close();
  scratch.remove();
});

test('the sample of texts is audited with nothing chosen, and its first suspects hold changed ratings', async () => {
  const review = await auditSample('Reviews');
  await expect(review.tellingWords.first()).toBeVisible();
  const words = await review.tellingWords.count();
  expect(words).toBeGreaterThan(1);
  await assay.page.keyboard.press('w');
  await expect(review.tellingWords).toHaveCount(0);
  await assay.page.keyboard.press('w');
  await expect(review.tellingWords).toHaveCount(words);
  // What is folded away stays so for the next row.
  await expect(review.evidencePart('Validation rows it helps and hurts most').getByRole('button')).toHaveCount(6);
  const standings = review.evidencePart('Among all rows');
  await expect(standings.getByRole('row', { name: /^suspicion/ })).toContainText(/[\d.]+ %\s*[\d,]+ of 967/);
  await standings.getByText('Among all rows').click();
  await expect(standings.getByRole('row')).toHaveCount(0);
  await assay.page.keyboard.press('ArrowDown');
  await expect(standings.getByRole('row')).toHaveCount(0);
  await assay.page.keyboard.press('ArrowUp');
  // One rating in 17 was changed: a dozen rows drawn at random would hold one of them, or none.
  expect(await countChanged('reviews')).toBeGreaterThanOrEqual(3);
});

test('the sample of pictures is audited with nothing chosen, and its first suspects lie in the wrong folder', async () => {
  await auditSample('Fashion');
  // One picture in ten does; without an encoder of pictures somewhat fewer are found.
  expect(await countChanged('fashion')).toBeGreaterThanOrEqual(8);
});
