import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { AuditPage } from '../pages/audit.page';
import { DataPage } from '../pages/data.page';
import { ReviewPage } from '../pages/review.page';
import { type Assay, launchAssay, scratchFolder } from '../support/launch';

/** What is not seen, or reorders what stands beside it, in names, labels, ids and cells. */
const hidden = /[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]|(?![\n\t])\p{Cc}/u;
const labels = ['good', 'bad\u202elive', 'fine\u200b', 'schön\u00a0', 'ho\u0308ch', 'טוב'];

let scratch: ReturnType<typeof scratchFolder>;
let assay: Assay | undefined;
test.beforeEach(() => void (scratch = scratchFolder('text')));
test.afterEach(async () => {
  await assay?.app.close().catch(() => undefined);
  assay = undefined;
  scratch.remove();
});

function writeNastyFile(): string {
  const file = join(scratch.path, 'na\u202esty\u200b.csv');
  const rows = Array.from({ length: 240 }, (_, row) => {
    const kind = row % labels.length;
    const x = kind + ((row * 37) % 17) / 17;
    const note = row % 5 === 0 ? 'a\u200bb' : row % 5 === 1 ? ' two\u202eeerht' : 'plain';
    return `id\u2066${row},${x.toFixed(3)},${((row * 7) % 11).toFixed(1)},${note},${labels[row % 41 === 0 ? (kind + 1) % labels.length : kind]}`;
  });
  writeFileSync(file, `na\u202eme,hei\u200bght,width,group,label\n${rows.join('\n')}\n`);
  return file;
}

/** Text, tooltips and names of everything on the page that hold a character one does not see. */
async function unseen(running: Assay): Promise<string[]> {
  return running.page.evaluate((pattern) => {
    const test = new RegExp(pattern, 'u');
    const found: string[] = [];
    for (const element of document.querySelectorAll('body, body *')) {
      for (const node of element.childNodes) {
        if (node.nodeType === Node.TEXT_NODE && test.test(node.nodeValue ?? '')) found.push(node.nodeValue ?? '');
      }
      for (const name of ['title', 'aria-label', 'aria-valuetext', 'placeholder', 'alt']) {
        // Isolates around text that runs from right to left are ours.
        const value = (element.getAttribute(name) ?? '').replace(/[\u2068\u2069]/g, '');
        if (test.test(value)) found.push(`${name}: ${value}`);
      }
    }
    return found;
  }, hidden.source);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`characters that are not seen are shown on every screen (${colorScheme})`, async () => {
    assay = await launchAssay({ userData: join(scratch.path, 'user'), files: [writeNastyFile()], colorScheme });
    const { page } = assay;
    await page.emulateMedia({ colorScheme });
    const shots = process.env['ASSAY_SHOTS'];
    const shoot = async (name: string): Promise<void> => {
      if (shots !== undefined) await page.screenshot({ path: join(shots, `${name}-${colorScheme}.png`) });
    };
    const data = new DataPage(page);
    await expect(data.continueToAudit).toBeEnabled();
    await expect(data.table.getByText('ZWSP').first()).toBeVisible();
    await expect(data.table.getByTitle('right-to-left override, U+202E').first()).toBeVisible();
    expect(await unseen(assay)).toEqual([]);
    await shoot('data');
    await expect(data.continueToAudit).toBeEnabled();
    await data.continueToAudit.click();
    const audit = new AuditPage(page);
    await audit.run.click();
    await expect(audit.continueToReview).toBeVisible({ timeout: 90_000 });
    expect(await unseen(assay)).toEqual([]);
    await shoot('audit');
    await audit.continueToReview.click();
    const review = new ReviewPage(page);
    await review.queue('All').click();
    await expect(review.focusedRow).toBeVisible();
    await expect(review.effects.getByText('validation loss').first()).toBeVisible();
    await page.keyboard.press('x');
    expect(await unseen(assay)).toEqual([]);
    await shoot('review');
  });
}
