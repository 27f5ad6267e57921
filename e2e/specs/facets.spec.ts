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
const rowCount = 600;
const cities = ['Rome', 'Oslo', 'Lima', 'São Paulo'];

let scratch: ReturnType<typeof scratchFolder>;
let assay: Assay;
let rows: { readonly id: string; readonly price: string; readonly city: string; readonly opened: string }[];

/** 600 tickets; some prices are missing, and no audit looks at the city or the day. */
function makeTickets(): string {
  const random = createRandom(5);
  const classes = ['billing', 'login', 'refund'];
  const lines = ['ticket,u,v,price,city,opened,topic'];
  rows = [];
  for (let row = 0; row < rowCount; row++) {
    const kind = row % 3;
    const label = random.uniform() < 0.06 ? (kind + 1) % 3 : kind;
    const [u, v] = [0, 1].map((at) => (random.normal() + 4 * Number(at === kind)).toFixed(3));
    const price = row % 25 === 0 ? 'NA' : (random.uniform() * 100).toFixed(2);
    const city = cities[Math.min(3, Math.floor(random.uniform() * random.uniform() * 5))] ?? '';
    const opened = `2024-${String(1 + random.integer(12)).padStart(2, '0')}-${String(1 + random.integer(28)).padStart(2, '0')}`;
    rows.push({ id: `t${row}`, price, city, opened });
    lines.push([`t${row}`, u, v, price, city, opened, classes[label]].join(','));
  }
  return `${lines.join('\n')}\n`;
}

test.beforeAll(async () => {
  scratch = scratchFolder('facets');
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
    if (shots !== undefined) await page.screenshot({ path: join(shots, `facets-${name}-${colorScheme}.png`) });
    if (!axe) continue;
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().withTags(rules).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.failureSummary}`)).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

const shownIs = (review: ReviewPage, count: number): Promise<void> =>
  expect.poll(async () => (await review.shownCounts()).shown).toBe(count);

test('rows are filtered by any column, by keys alone', async () => {
  const { page } = assay;
  await new DataPage(page).continueToAudit.click();
  await new AuditPage(page).run.click();
  await expect(new AuditPage(page).continueToReview).toBeVisible({ timeout: 90_000 });
  await page.keyboard.press('ControlOrMeta+3');
  const review = new ReviewPage(page);
  await review.queue('All').click();
  await shownIs(review, rowCount);

  await page.keyboard.press('p');
  const pane = page.getByRole('complementary', { name: 'Facets' });
  await look('empty');
  const addColumn = async (typed: string): Promise<void> => {
    await pane.getByRole('button', { name: 'Add a column…' }).press('Enter');
    await page.getByRole('combobox', { name: 'Column' }).fill(typed);
    await page.keyboard.press('Enter');
  };
  await addColumn('cit');
  const city = pane.getByRole('article', { name: 'city' });
  const inRome = rows.filter((row) => row.city === 'Rome').length;
  const values = city.getByRole('list', { name: 'Values of city' });
  await expect(values.getByRole('listitem').first()).toContainText(`Rome${inRome}`);
  await values.getByRole('button', { name: /^Rome/ }).press('Enter');
  await shownIs(review, inRome);
  await values.getByRole('button', { name: /^Lima/ }).press('Enter');
  await expect(page.getByRole('list', { name: 'Filters in use' })).toContainText('city: Rome, Lima');
  await values.getByRole('button', { name: 'Leave out Rome' }).press('Enter');
  await shownIs(review, rows.filter((row) => row.city === 'Lima').length);

  const chips = page.getByRole('list', { name: 'Filters in use' });
  await chips.getByRole('button', { name: 'Filter city: Lima', exact: true }).press('Enter');
  await page.getByRole('menuitem', { name: /^Invert/ }).press('Enter');
  await shownIs(review, rows.filter((row) => row.city !== 'Rome' && row.city !== 'Lima').length);
  await look('values');
  await chips.getByRole('button', { name: 'clear all' }).press('Enter');
  await shownIs(review, rowCount);

  await addColumn('price');
  const price = pane.getByRole('article', { name: 'price' });
  await price.getByRole('textbox', { name: 'Smallest price' }).fill('25');
  await page.keyboard.press('Enter');
  const dear = rows.filter((row) => Number(row.price) >= 25);
  await shownIs(review, dear.length);
  await price.getByRole('slider', { name: 'Largest price, a line' }).press('PageDown');
  await expect(chips).toContainText(/25 ≤ price ≤ 74\.\d/);
  await price.getByRole('textbox', { name: 'Largest price' }).fill('');
  await page.keyboard.press('Enter');
  await shownIs(review, dear.length);
  await addColumn('opened');
  const opened = pane.getByRole('article', { name: 'opened' });
  await opened.getByRole('textbox', { name: 'First opened' }).fill('2024-06-15');
  await page.keyboard.press('Enter');
  await shownIs(review, dear.filter((row) => row.opened >= '2024-06-15').length);
  await look('ranges', { axe: true });

  // A work list keeps its rows; a view keeps its question.
  const queues = review.queues;
  const inList = await review.shownCounts();
  await queues.getByRole('button', { name: 'Make a work list' }).press('Enter');
  await page.getByRole('textbox', { name: 'Name of the list' }).fill('Dear ones');
  await page.keyboard.press('Enter');
  await expect(queues.getByRole('button', { name: /^Dear ones/ })).toContainText(`0 / ${inList.shown}`);
  await new AppPage(page).run('Save this view');
  await page.getByRole('textbox', { name: 'Name of the view' }).fill('Dear and late');
  await page.keyboard.press('Enter');
  await expect(queues.getByRole('button', { name: /^Dear and late/ })).toBeVisible();
  await chips.getByRole('button', { name: 'clear all' }).press('Enter');
  await expect(queues.getByRole('button', { name: /^Dear and late/ })).toContainText('changed');

  // What many decisions change is told before, and taken back by one undo.
  await review.queue('All').click();
  await shownIs(review, rowCount);
  await page.keyboard.press('Home');
  await page.keyboard.press('k');
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('r');
  const asked = page.getByRole('dialog', { name: `Take the suggested label for ${rowCount} rows?` });
  await expect(asked.getByRole('list', { name: 'What it changes' })).toContainText('undecided → kept');
  await expect(asked).toContainText('1 decision made before would be overwritten.');
  await look('bulk', { axe: true });
  await page.keyboard.press('Enter');
  await expect(queues.getByRole('button', { name: /^Dear ones/ })).toContainText(`${inList.shown} / ${inList.shown}`);
  // What the message offers would undo an earlier change once this one is undone.
  const offered = page.getByRole('region', { name: 'Messages' }).getByRole('button', { name: 'Undo' });
  await expect(offered).toBeVisible();
  await page.keyboard.press('ControlOrMeta+z');
  await expect(offered).toHaveCount(0);
  await expect(review.queue('Decided')).toHaveText('Decided 1');

  await queues.getByRole('button', { name: /^Dear ones/ }).click();
  await shownIs(review, inList.shown);
  await page.keyboard.press('Alt+1');
  await expect(chips).toContainText('opened ≥ 2024-06-15');
  await shownIs(review, inList.shown);
  await look('saved');
  await expect(new AppPage(page).messages).not.toContainText('went wrong');
});
