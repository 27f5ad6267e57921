import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, test } from '@playwright/test';
import { AppPage } from '../pages/app.page';
import { AuditPage } from '../pages/audit.page';
import { DataPage } from '../pages/data.page';
import { HomePage } from '../pages/home.page';
import { ReviewPage } from '../pages/review.page';
import { type Assay, launchAssay, scratchFolder } from '../support/launch';

let scratch: ReturnType<typeof scratchFolder>;
let assay: Assay;
test.beforeAll(async () => {
  scratch = scratchFolder('picking');
  assay = await launchAssay({ userData: join(scratch.path, 'user') });
  await new HomePage(assay.page).sample('Digits').click();
});
test.afterAll(async () => {
  await assay.close();
  scratch.remove();
});

/** The option that Enter would pick, as a screen reader hears of it. */
async function choice(field: Locator): Promise<string> {
  const id = await field.getAttribute('aria-activedescendant');
  return id === null ? '' : field.page().locator(`[id="${id}"]`).innerText();
}

async function expectAccessible(): Promise<void> {
  // The other mode opens a page of its own, which an Electron window cannot.
  const { violations } = await new AxeBuilder({ page: assay.page }).setLegacyMode().analyze();
  expect(violations.map(({ id, nodes }) => `${id} at ${nodes[0]?.target.join(' ')}`)).toEqual([]);
}

test('a command is found by its letters and chosen by keys or the pointer, what cannot run aside', async () => {
  const { page } = assay;
  const app = new AppPage(page);
  await expect(new DataPage(page).continueToAudit).toBeEnabled();
  await page.keyboard.press('Control+k');
  await expect(app.paletteQuery).toBeFocused();
  const [first, last] = [app.paletteOptions.first(), app.paletteOptions.last()];
  await expect.poll(() => choice(app.paletteQuery)).toBe(await first.innerText());
  await page.keyboard.press('ArrowUp');
  await expect.poll(() => choice(app.paletteQuery)).toBe(await last.innerText());
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => choice(app.paletteQuery)).toBe(await first.innerText());
  await expectAccessible();

  // Nothing runs that could be cancelled: the command stands there, and neither Enter nor a click does anything.
  await app.paletteQuery.fill('cancel');
  await expect(app.paletteOptions).toHaveCount(1);
  await expect(app.paletteOptions).toBeDisabled();
  await page.keyboard.press('Enter');
  await app.paletteOptions.click({ force: true });
  await expect(app.paletteQuery).toBeFocused();

  await app.paletteQuery.fill('');
  await app.paletteOptions.filter({ hasText: 'About' }).hover();
  await expect.poll(() => choice(app.paletteQuery)).toContain('About');
  await page.mouse.move(2, 2);
  await page.keyboard.press('Enter');
  await expect(app.about).toBeVisible();
  await page.keyboard.press('Escape');

  // The menu of a column gives the focus back as the palette takes it: the first command is the choice all the same.
  const column = new DataPage(page).column('px05');
  await column.click();
  await page.keyboard.press('Control+k');
  await expect(app.paletteQuery).toBeFocused();
  await expect.poll(() => choice(app.paletteQuery)).toBe(await first.innerText());
  await page.keyboard.press('Escape');
  await expect(column).toBeFocused();
});

test('a class is found by its letters and given by Enter', async () => {
  const { page } = assay;
  const audit = new AuditPage(page);
  await new DataPage(page).continueToAudit.click();
  await audit.run.click();
  await audit.continueToReview.click({ timeout: 90_000 });
  const review = new ReviewPage(page);
  await expect(review.focusedRow).toBeVisible();
  const id = await review.focusedRowId();
  await page.keyboard.press('/');
  const field = page.getByRole('combobox', { name: 'Class' });
  await expect(field).toBeFocused();
  await expectAccessible();
  await field.fill('boot');
  await expect(page.getByText('No class has “boot” in its name.')).toBeVisible();
  // Keys that belong to an input method neither pick nor close.
  await field.fill('7');
  for (const key of ['Enter', 'Escape']) await field.dispatchEvent('keydown', { key, isComposing: true });
  await expect(field).toBeVisible();
  await expect(page.getByRole('option')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(field).toHaveCount(0);
  await expect.poll(() => review.focusedRowId()).not.toBe(id);
  await review.queue('Decided').click();
  await expect(review.row(id)).toContainText('7');

  // A command may move the focus: the palette gives it back before, not after.
  await new AppPage(page).run('Find rows');
  await expect(review.find).toBeFocused();

  // A note that is left by a key gives the focus back to where it was.
  const note = page.getByRole('textbox', { name: 'Note' });
  await review.queue('All').click();
  // The row that the note is for is known once the list is there.
  await expect.poll(() => review.shownCounts()).toMatchObject({ shown: 1797, inAll: 1797 });
  await expect.poll(() => review.focusedRowId()).not.toBe('');
  await review.grid.focus();
  await page.keyboard.press('n');
  await note.fill('looks odd');
  await page.keyboard.press('Control+Enter');
  await expect(review.grid).toBeFocused();
  await page.keyboard.press('n');
  await expect(note).toHaveValue('looks odd');
  await page.keyboard.press('Escape');
  await expect(review.grid).toBeFocused();
  const button = page.getByRole('button', { name: 'looks odd' });
  await button.click();
  await note.press('Escape');
  await expect(button).toBeFocused();

  // The field goes when a dialog takes its focus: afterwards what stands in its place has it.
  await button.click();
  await page.keyboard.press('Control+k');
  await page.keyboard.press('Escape');
  await expect(new AppPage(page).palette).toBeHidden();
  await expect(button).toBeFocused();
});
