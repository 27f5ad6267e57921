import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { AppPage } from '../pages/app.page';
import { AuditPage } from '../pages/audit.page';
import { DataPage } from '../pages/data.page';
import { HomePage } from '../pages/home.page';
import { ReviewPage } from '../pages/review.page';
import { type Assay, launchAssay, root, scratchFolder } from '../support/launch';

/** Digits with labels changed on purpose, among them labels of rows that validate. */
const sample = join(root, 'resources/samples/digits.csv');

let scratch: ReturnType<typeof scratchFolder>;
let assay: Assay;
test.beforeEach(() => void (scratch = scratchFolder('validation-labels')));
test.afterEach(async () => {
  await assay.close();
  scratch.remove();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`validation labels are discounted, with the given ones beside, or taken as given (${colorScheme})`, async () => {
    assay = await launchAssay({ userData: join(scratch.path, 'user'), colorScheme });
    const { page } = assay;
    await page.emulateMedia({ colorScheme });
    const shots = process.env['ASSAY_SHOTS'];
    const shoot = async (name: string): Promise<void> => {
      if (shots !== undefined) await page.screenshot({ path: join(shots, `labels-${name}-${colorScheme}.png`) });
    };
    await assay.choose(sample);
    await new HomePage(page).open.click();
    const data = new DataPage(page);
    await expect(data.cell('digit-0000')).toBeVisible();
    await data.continueToAudit.click();

    const audit = new AuditPage(page);
    const way = (name: string) => audit.choice('Labels of validation rows', name);
    await expect(way('Errors discounted (default)')).toBeChecked();
    // No column names the rows that validate: nobody can have checked just these.
    await expect(audit.cleanLabels).toBeHidden();
    await way('Errors discounted').scrollIntoViewIfNeeded();
    await shoot('form');
    await audit.run.click();
    await expect(audit.continueToReview).toBeVisible({ timeout: 90_000 });
    await expect(audit.metric('validation')).toContainText('as given');
    await expect(audit.metrics).toContainText('label errors discounted');
    await shoot('audit');

    await audit.continueToReview.click();
    const review = new ReviewPage(page);
    await expect(review.effects).toContainText('validation loss, label errors discounted');
    await expect(review.effects).toContainText('as given');
    await expect(review.evidence).toContainText('validation loss, label errors discounted, by');
    await expect(review.evidence).toContainText('As given it');
    await shoot('focused');
    for (let rows = 0; rows < 8; rows++) await page.keyboard.press('Shift+ArrowDown');
    await expect(review.effects).toContainText('9 rows');
    await expect(review.effects).toContainText('as given');
    await expect(review.evidence).toContainText('As given it');
    await shoot('selected');
    // The two point opposite ways, by less than what single rows vary by: nothing is made of it.
    await page.keyboard.press('Escape');
    await expect(review.effects).toContainText('the focused row');
    await expect(review.evidence).toContainText(/As given it rises by [^:]*\./);
    await expect(review.otherWay).toBeHidden();
    await shoot('opposite');

    await new AppPage(page).auditTab.click();
    await audit.changeSettings.click();
    await way('As given').press('Space');
    await audit.runAgain.click();
    await expect(audit.continueToReview).toBeVisible({ timeout: 90_000 });
    await expect(audit.metrics).not.toContainText('as given');
    await audit.continueToReview.click();
    await expect(review.effects).toContainText('validation loss');
    await expect(review.effects).not.toContainText('discounted');
    await expect(review.effects).not.toContainText('as given');
  });
}

/** Two classes that a number tells, every tenth label wrong; a column says which rows validate. */
function writeSplitFile(): string {
  const file = join(scratch.path, 'checked.csv');
  const lines = Array.from({ length: 240 }, (_, row) => {
    const side = row % 2;
    const wrong = row % 10 < 2 && row % 4 < 2;
    const x = (side === 0 ? -1 : 1) * (1 + ((row * 7) % 13) / 10);
    const y = ((row * 11) % 17) / 10;
    return `r${row},${x},${y},${row % 5 === 0 ? 'validation' : 'train'},${wrong ? 1 - side : side}`;
  });
  writeFileSync(file, ['id,x,y,split,label', ...lines.map((line) => line.replace(/,(\d)$/, ',c$1'))].join('\n'));
  return file;
}

test('validation labels that somebody has checked are taken at their word, and not listed', async () => {
  assay = await launchAssay({ userData: join(scratch.path, 'user'), files: [writeSplitFile()] });
  const { page } = assay;
  const data = new DataPage(page);
  await expect(data.continueToAudit).toBeEnabled();
  await data.continueToAudit.click();
  const audit = new AuditPage(page);
  const app = new AppPage(page);
  const review = new ReviewPage(page);
  await audit.run.click();
  await expect(audit.continueToReview).toBeVisible({ timeout: 90_000 });
  await app.reviewTab.click();
  await expect(review.queue('Evaluation rows')).not.toHaveText(/ 0$/);

  await app.auditTab.click();
  await audit.changeSettings.click();
  await audit.cleanLabels.check();
  await audit.runAgain.click();
  await expect(audit.continueToReview).toBeVisible({ timeout: 90_000 });
  await expect(audit.metrics).not.toContainText('as given');
  await app.reviewTab.click();
  await expect(review.queue('Evaluation rows')).toHaveText(/0$/);
});

test('a validation file can be said to be clean, and is named wherever it validates', async () => {
  const [header, ...lines] = readFileSync(writeSplitFile(), 'utf8').split('\n');
  const part = (name: string): string => {
    const path = join(scratch.path, `${name}.csv`);
    writeFileSync(path, [header, ...lines.filter((line) => line.includes(`,${name},`))].join('\n'));
    return path;
  };
  const project = join(scratch.path, 'held-out.assay');
  const options = ['--label', 'label', '--ignore', 'split', '--validation', part('validation'), '--project', project];
  const out = join(scratch.path, 'results');
  execFileSync(process.execPath, [join(root, 'out/main/assay.js'), 'audit', part('train'), ...options, '--out', out]);

  assay = await launchAssay({ userData: join(scratch.path, 'user') });
  const { page } = assay;
  await assay.choose(project);
  await new HomePage(page).openProject.click();
  await new AppPage(page).dataTab.click();
  await expect(new DataPage(page).task).toContainText('by the validation file');
  await new AppPage(page).auditTab.click();
  const audit = new AuditPage(page);
  await audit.changeSettings.click();
  await expect(audit.choice('Rows that validate', 'Auto (validation file)')).toBeChecked();
  await expect(audit.share).toBeHidden();
  await audit.cleanLabels.check();
  await audit.runAgain.click();
  await expect(audit.continueToReview).toBeVisible({ timeout: 90_000 });
  await expect(audit.metrics).not.toContainText('as given');
});
