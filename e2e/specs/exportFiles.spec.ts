import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { AppPage } from '../pages/app.page';
import { AuditPage } from '../pages/audit.page';
import { DataPage } from '../pages/data.page';
import { ExportPage } from '../pages/export.page';
import { HomePage } from '../pages/home.page';
import { type Assay, launchAssay, scratchFolder } from '../support/launch';

/** Characters that mean something to a shell, a URL, a glob, or a database: all of them are just a name. */
const oddName = `is it a cat? #1 50%20 [a]* 'q' "d" ünï 🐈 -`;

let scratch: ReturnType<typeof scratchFolder>;
let assay: Assay | undefined;
test.beforeEach(() => void (scratch = scratchFolder('export')));
test.afterEach(async () => {
  await assay?.app.close().catch(() => undefined);
  assay = undefined;
  scratch.remove();
});

function writeData(folder: string): string {
  const lines = Array.from({ length: 120 }, (_, row) => {
    const side = row % 2;
    return `r${row},${(side * 3 + Math.sin(row)).toFixed(3)},${Math.cos(row * 7).toFixed(3)},${side === 1 ? 'yes' : 'no'}`;
  });
  const file = join(folder, `${oddName}.csv`);
  writeFileSync(file, `id,height,width,label\n${lines.join('\n')}\n`);
  return file;
}

async function audit(running: Assay): Promise<void> {
  const { page } = running;
  await new DataPage(page).continueToAudit.click();
  const screen = new AuditPage(page);
  await screen.run.click();
  await screen.continueToReview.click({ timeout: 60_000 });
  await new AppPage(page).exportTab.click();
}

test('any name will do, own files are replaced, others only when the person says so', async () => {
  const place = join(scratch.path, oddName);
  mkdirSync(place);
  const file = writeData(place);
  const out = join(place, `results of ${oddName}`);
  mkdirSync(out);
  const launch = (colorScheme: 'light' | 'dark'): Promise<Assay> =>
    launchAssay({ userData: join(scratch.path, 'user data?'), colorScheme });
  const running = await launch('light');
  assay = running;
  await running.choose(file);
  await new HomePage(running.page).open.click();
  await audit(running);

  const exporting = new ExportPage(running.page);
  await running.choose(out);
  await exporting.start.click();
  await expect(exporting.result).toContainText('cleaned.csv');
  await expect(exporting.result).toContainText('report.html');
  expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('Nothing was verified by retraining.');
  // The same again: they are its own.
  await exporting.start.click();
  await expect(exporting.result).toContainText('cleaned.csv');
  await expect(exporting.question).toHaveCount(0);

  writeFileSync(join(out, 'cleaned.csv'), 'mine');
  writeFileSync(join(place, 'elsewhere'), 'precious');
  writeFileSync(join(out, 'notes.txt'), 'kept');
  await exporting.start.click();
  await expect(exporting.question).toContainText('cleaned.csv');
  await exporting.question.getByRole('button', { name: 'Go back' }).click();
  await expect(exporting.question).toHaveCount(0);
  expect(readFileSync(join(out, 'cleaned.csv'), 'utf8')).toBe('mine');

  const links = join(place, 'links');
  mkdirSync(links);
  symlinkSync(join(place, 'elsewhere'), join(links, 'manifest.json'));
  await running.choose(links);
  await exporting.start.click();
  await expect(exporting.question).toContainText('a link');
  const shots = process.env['ASSAY_SCREENSHOTS'];
  if (shots !== undefined) await running.page.screenshot({ path: join(shots, 'overwrite-light.png') });
  await running.page.emulateMedia({ colorScheme: 'dark' });
  if (shots !== undefined) await running.page.screenshot({ path: join(shots, 'overwrite-dark.png') });
  await exporting.question.getByRole('button', { name: 'Replace and export' }).click();
  await expect(exporting.result).toContainText('cleaned.csv');
  expect(readFileSync(join(place, 'elsewhere'), 'utf8')).toBe('precious');
  expect(readdirSync(links).every((name) => !name.startsWith('.'))).toBe(true);
  const bounds = { x: 40, y: 50, width: 1100, height: 700 };
  await running.app.evaluate(({ BrowserWindow }, to) => BrowserWindow.getAllWindows()[0]?.setBounds(to), bounds);
  await running.close();

  // The project, and the folder of projects, have such names too.
  const again = await launch('light');
  assay = again;
  // The window is where it was, and the project is in the menu.
  const shown = await again.app.evaluate(({ BrowserWindow, Menu }) => ({
    bounds: BrowserWindow.getAllWindows()[0]?.getNormalBounds(),
    recent: Menu.getApplicationMenu()
      ?.items.flatMap(({ submenu }) => submenu?.items ?? [])
      .find(({ label }) => label === 'Open recent')
      ?.submenu?.items.map(({ label }) => label),
  }));
  expect(shown).toEqual({ bounds, recent: [oddName] });
  await new HomePage(again.page).recentProject(oddName).click();
  await new AppPage(again.page).exportTab.click();
  await again.choose(out);
  await new ExportPage(again.page).start.click();
  await new ExportPage(again.page).question.getByRole('button', { name: 'Replace and export' }).click();
  await expect(new ExportPage(again.page).result).toContainText('cleaned.csv');
  expect(readFileSync(join(out, 'cleaned.csv'), 'utf8')).toContain('id,height,width,label');
  expect(existsSync(join(out, 'notes.txt'))).toBe(true);
});
