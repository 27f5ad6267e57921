import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { AppPage } from '../pages/app.page';
import { AuditPage } from '../pages/audit.page';
import { DataPage } from '../pages/data.page';
import { DialectPage } from '../pages/dialect.page';
import { HomePage } from '../pages/home.page';
import { type Assay, launchAssay, scratchFolder } from '../support/launch';

let scratch: ReturnType<typeof scratchFolder>;
let assay: Assay;
test.beforeAll(async () => {
  scratch = scratchFolder('dialect');
  assay = await launchAssay({ userData: join(scratch.path, 'user') });
  await expect(new HomePage(assay.page).title).toBeVisible();
});
test.afterAll(async () => {
  await assay.close();
  scratch.remove();
});

/** Two numbers and a label, with a semicolon in every cell between commas. */
const ambiguous = [
  'a;x,b;y,label',
  ...Array.from({ length: 60 }, (_, row) => `${(row * 7) % 13};${row % 3},${row % 5}.5;1,${'AB'[row % 2]}`),
].join('\n');

async function open(name: string, text: string): Promise<void> {
  const path = join(scratch.path, name);
  writeFileSync(path, text);
  await assay.choose(path);
  await assay.page.keyboard.press('ControlOrMeta+o');
  await expect(new AppPage(assay.page).facts).toContainText(name.replace(/\.csv$/, ''));
  await expect(new DataPage(assay.page).summary).toContainText(/ of \d+ rows|all \d+ rows/);
}

test('a file is read another way at once, and back as it was found', async () => {
  await open('both.csv', ambiguous);
  const [data, dialect] = [new DataPage(assay.page), new DialectPage(assay.page)];
  await dialect.open();
  await dialect.choose('delimiter', ', comma');
  await expect(data.column('a;x')).toBeVisible();
  await expect(data.column('label')).toBeVisible();
  await dialect.choose('delimiter', '; semicolon');
  await expect(data.column('x,b')).toBeVisible();
  await expect(dialect.card).toContainText('changed by you');
  await dialect.sayHeader('no');
  await expect(data.column('column 1')).toBeVisible();
  await expect(data.summary).toContainText('61 rows');
  await dialect.sayHeader('yes');
  await dialect.missing.fill('6, "1,5"');
  await dialect.missing.press('Enter');
  await expect(data.summary).toContainText('60 rows');
  await dialect.back.click();
  await expect(dialect.back).toBeHidden();
  await expect(dialect.card).not.toContainText('changed by you');
  await expect(dialect.missing).toHaveValue('');
});

test('what was said is there when the project is opened again', async () => {
  await open('kept.csv', ambiguous.replace('label', 'kept'));
  const [data, dialect] = [new DataPage(assay.page), new DialectPage(assay.page)];
  await dialect.open();
  await dialect.sayHeader('no');
  await expect(data.column('column 1')).toBeVisible();
  await expect(data.summary).toContainText('61 rows');
  await open('other.csv', ambiguous.replace('label', 'other'));
  await expect(dialect.back).toBeHidden();
  await assay.choose(join(scratch.path, 'kept.csv'));
  await assay.page.keyboard.press('ControlOrMeta+o');
  await expect(data.column('column 1')).toBeVisible();
  await expect(dialect.toggle).toHaveAttribute('aria-expanded', 'true');
  await expect(dialect.back).toBeVisible();
});

test('problems are those of the reading that is shown', async () => {
  await open('problems.csv', `${ambiguous.replace(/;/g, '')}\n1,2,A,surplus`);
  const [data, dialect] = [new DataPage(assay.page), new DialectPage(assay.page)];
  await expect(data.problems).toHaveCount(2);
  await dialect.open();
  await dialect.sayHeader('no');
  await expect(data.summary).toContainText('62 rows');
  await expect(data.problems.nth(1)).toContainText('surplus');
  await dialect.back.click();
  await expect(data.summary).toContainText('61 rows');
  await expect(data.problems).toHaveCount(2);
  await expect(data.problems.nth(1)).toContainText('surplus');
});

test('a way in which the file cannot be read is refused in the card, and the reading stays', async () => {
  await open('quotes.csv', ambiguous.replace('\n', "\n'"));
  const [data, dialect] = [new DataPage(assay.page), new DialectPage(assay.page)];
  await dialect.open();
  await dialect.choose('quote', "' single");
  await expect(dialect.refused).toContainText(/stays as it was/);
  await expect(data.summary).toContainText('60 rows');
});

test('with an audit a person is asked, and the project with its decisions stays', async () => {
  await open('audited.csv', ambiguous.replace(/;/g, ''));
  const [data, dialect, audit] = [new DataPage(assay.page), new DialectPage(assay.page), new AuditPage(assay.page)];
  await data.continueToAudit.click();
  await audit.run.click();
  await expect(audit.continueToReview).toBeVisible({ timeout: 60_000 });
  await new AppPage(assay.page).dataTab.click();
  await dialect.open();
  await dialect.sayHeader('no');
  await expect(dialect.confirmation).toContainText('new project');
  await dialect.confirmation.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialect.header.getByRole('radio', { name: 'yes' })).toBeChecked();
  await dialect.sayHeader('no');
  await dialect.confirmation.getByRole('button', { name: 'Read as a new project' }).click();
  await expect(data.summary).toContainText('61 rows');
});
