import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { DataPage } from '../pages/data.page';
import { HomePage } from '../pages/home.page';
import { launchAssay, root, scratchFolder } from '../support/launch';

test('a zip archive and a file dropped on the window open, and one named on the command line too', async () => {
  const scratch = scratchFolder('drop');
  const file = join(root, 'resources/samples/credit.csv');
  try {
    let assay = await launchAssay({ userData: join(scratch.path, 'first') });
    await expect(new HomePage(assay.page).title).toBeVisible();
    const session = await assay.page.context().newCDPSession(assay.page);
    const drop = async (dropped: string): Promise<void> => {
      const data = { items: [], files: [dropped], dragOperationsMask: 1 };
      for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
        await session.send('Input.dispatchDragEvent', { type, x: 300, y: 400, data });
      }
    };
    await drop(join(root, 'resources/samples/fashion.zip'));
    await expect(new DataPage(assay.page).task).toContainText('10 classes');
    await drop(file);
    await expect(new DataPage(assay.page).task).toContainText('2 classes');
    await assay.close();

    assay = await launchAssay({ userData: join(scratch.path, 'second'), files: [file] });
    await expect(new DataPage(assay.page).task).toContainText('2 classes');
    await assay.close();
  } finally {
    scratch.remove();
  }
});
