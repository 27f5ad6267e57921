import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { createRandom } from '../../src/core/base/random';
import { AppPage } from '../pages/app.page';
import { AuditPage } from '../pages/audit.page';
import { DataPage } from '../pages/data.page';
import { ReviewPage } from '../pages/review.page';
import { type Assay, launchAssay, scratchFolder } from '../support/launch';

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

let scratch: ReturnType<typeof scratchFolder>;
let assay: Assay;

/** 600 tickets by four annotators, of whom the last calls every other refund billing. */
function makeTickets(): string {
  const random = createRandom(5);
  const classes = ['billing', 'login', 'refund'];
  const lines = ['ticket,u,v,w,annotator,topic'];
  for (let row = 0; row < 600; row++) {
    const kind = row % 3;
    const annotator = `a${1 + random.integer(4)}`;
    const x = classes.map((_, at) => (random.normal() + 4 * Number(at === kind)).toFixed(3));
    const called = annotator === 'a4' && kind === 2 && random.uniform() < 0.5 ? 0 : kind;
    lines.push([`t${row}`, ...x, annotator, classes[called]].join(','));
  }
  return `${lines.join('\n')}\n`;
}

test.beforeAll(async () => {
  scratch = scratchFolder('groups');
  const file = join(scratch.path, 'tickets.csv');
  writeFileSync(file, makeTickets());
  assay = await launchAssay({ userData: join(scratch.path, 'user'), files: [file] });
});
test.afterAll(async () => {
  await assay.close();
  scratch.remove();
});

async function look(name: string, { axe = false } = {}): Promise<void> {
  const { page } = assay;
  const shots = process.env['ASSAY_SHOTS'];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expect.poll(() => new AppPage(page).drawnTheme()).toBe(colorScheme);
    if (shots !== undefined) await page.screenshot({ path: join(shots, `groups-${name}-${colorScheme}.png`) });
    if (!axe) continue;
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().withTags(rules).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.failureSummary}`)).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

test('groups are compared, and the suspects of the worst are reviewed', async () => {
  const { page } = assay;
  await new DataPage(page).continueToAudit.click();
  const audit = new AuditPage(page);
  await audit.run.click();
  await expect(audit.continueToReview).toBeVisible({ timeout: 90_000 });

  await page.keyboard.press('ControlOrMeta+6');
  await expect(page.getByText('Which source can be trusted?')).toBeVisible();
  await expect(page.getByRole('combobox', { name: 'Column: annotator' })).toBeVisible();
  await look('empty');
  await page.keyboard.press('ControlOrMeta+Enter');

  const groups = page.getByRole('region', { name: 'Groups' });
  await expect(groups.getByRole('row')).toHaveCount(6, { timeout: 60_000 });
  await look('compared');
  const worst = groups.getByRole('row', { name: /^a4/ });
  const share = Number(/([\d.]+) %/.exec(await worst.innerText())?.[1]);
  expect(share).toBeGreaterThan(10);
  const advice = page.getByRole('region', { name: 'What to do' });
  await expect(advice).toContainText('Review a4 first');
  const closer = page.getByRole('region', { name: 'annotator: a4' });
  await expect(closer.getByRole('list', { name: 'Labels that this group mixes up' })).toContainText('refund');
  const mixed = page.getByRole('list', { name: 'What it mixes up more often than the others' });
  await expect(mixed).toContainText(/refund is called billing in \d+ % here, elsewhere in/);
  const every = page.getByRole('list', { name: 'Confusions of every group' });
  await expect(every.getByRole('button')).toHaveCount(4);
  await every.scrollIntoViewIfNeeded();
  await look('compared', { axe: true });
  await every.getByRole('button', { name: /^a1 κ (0\.9|1)/ }).click();
  await expect(page.getByText('It mixes up nothing notably more often than the others.')).toBeVisible();
  await every.getByRole('button', { name: /^a4 κ 0\.[5-8]/ }).click();

  await groups.getByRole('button', { name: 'a2', exact: true }).click();
  await expect(page.getByRole('region', { name: 'annotator: a2' })).toBeVisible();
  await groups.getByRole('button', { name: 'a4', exact: true }).click();
  const suspects = Number(/Review its (\d+) suspects/.exec(await closer.innerText())?.[1]);
  await closer.getByRole('button', { name: /^Review its/ }).click();
  const review = new ReviewPage(page);
  await expect(page.getByRole('list', { name: 'Filters in use' })).toContainText('suspects of annotator: a4');
  await expect(review.focusedRow).toBeVisible();
  expect((await review.shownCounts()).shown).toBe(suspects);
});
