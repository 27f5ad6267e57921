import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { DataPage } from '../pages/data.page';
import { HomePage } from '../pages/home.page';
import { type Assay, launchAssay, scratchFolder } from '../support/launch';

let scratch: ReturnType<typeof scratchFolder>;
let assay: Assay;
test.beforeAll(async () => {
  scratch = scratchFolder('bad-input');
  assay = await launchAssay({ userData: join(scratch.path, 'user') });
  await expect(new HomePage(assay.page).title).toBeVisible();
});
test.afterAll(async () => {
  await assay.close();
  scratch.remove();
});

async function open(name: string, bytes: Buffer | string): Promise<HomePage> {
  const path = join(scratch.path, name);
  writeFileSync(path, bytes);
  return openPath(path);
}

async function openPath(path: string): Promise<HomePage> {
  const home = new HomePage(assay.page);
  await assay.choose(path);
  await assay.page.keyboard.press('ControlOrMeta+o');
  return home;
}

/** No stack trace, no code words: what a person can read. */
async function expectPlainWords(text: string): Promise<void> {
  expect(text).not.toMatch(/\bat \S+ \(|Error:|undefined|\[object|node:/);
}

for (const [name, bytes, said] of [
  ['empty.csv', '', /empty/],
  ['header.csv', 'a,b,label\n', /no rows/],
  ['binary.csv', Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 7919) % 256)), /not.*text|binary/i],
  ['unclosed.csv', `a,label\n1,x\n2,"never closed\n${'3,y\n'.repeat(50)}`, /line 3/],
] as const) {
  test(`${name}: the window says what is wrong and what to do`, async () => {
    const home = await open(name, bytes);
    await expect(home.failure).toContainText(said);
    await expectPlainWords(await home.failure.innerText());
  });
}

test('a file that is gone and a folder are told apart', async () => {
  const home = await openPath(join(scratch.path, 'nowhere.csv'));
  await expect(home.failure).toContainText(/no such file|no file/);
  mkdirSync(join(scratch.path, 'folder'), { recursive: true });
  await openPath(join(scratch.path, 'folder'));
  await expect(home.failure).toContainText(/folder/);
});

for (const [name, text, said] of [
  ['oneclass.csv', `a,label\n${Array.from({ length: 30 }, (_, i) => `${i},same`).join('\n')}\n`, /one class only/],
  ['blank.csv', `a,label\n${Array.from({ length: 30 }, (_, i) => `${i},`).join('\n')}\n`, /blank/],
] as const) {
  test(`${name}: the data is shown, and why no audit can start`, async () => {
    await open(name, text);
    const data = new DataPage(assay.page);
    await expect(data.cell('7')).toBeVisible();
    await expect(data.alert).toContainText(said);
    await expect(data.continueToAudit).toBeDisabled();
    await expectPlainWords(await data.alert.innerText());
  });
}

test('odd but readable: duplicate and strange column names, ragged rows, infinities', async () => {
  const rows = Array.from(
    { length: 40 },
    (_, i) => `${i},${i % 3},${i === 5 ? 'inf' : i / 7},${i % 2 === 0 ? 'cat' : 'dog'}`,
  );
  rows[10] = '10,1';
  await open('odd.csv', `a,a,__proto__,label\n${rows.join('\n')}\n`);
  const data = new DataPage(assay.page);
  await expect(data.column('a (2)')).toBeVisible();
  await expect(data.column('__proto__')).toBeVisible();
  await expect(data.problems.filter({ hasText: '12' })).toContainText(/cells/);
  await expect(data.continueToAudit).toBeEnabled();
});
