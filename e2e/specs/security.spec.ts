import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { HomePage } from '../pages/home.page';
import { type Assay, launchAssay, scratchFolder } from '../support/launch';

let scratch: ReturnType<typeof scratchFolder>;
let assay: Assay;
test.beforeAll(async () => {
  scratch = scratchFolder('security');
  assay = await launchAssay({ userData: join(scratch.path, 'user') });
  await expect(new HomePage(assay.page).title).toBeVisible();
});
test.afterAll(async () => {
  await assay.close();
  scratch.remove();
});

test('the window is sandboxed, isolated, and has no Node', async () => {
  const preferences = await assay.app.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    // Not in the public types; it is what the process was really started with.
    const contents = window?.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> };
    return contents.getLastWebPreferences();
  });
  expect(preferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webviewTag: false,
  });
  expect(await assay.page.evaluate(() => typeof (globalThis as { require?: unknown }).require)).toBe('undefined');
  expect(await assay.page.evaluate(() => typeof (globalThis as { process?: unknown }).process)).toBe('undefined');
});

test('no script can be made from text, and nothing can be fetched', async () => {
  const attempts = await assay.page.evaluate(async () => {
    const outcome = async (run: () => unknown): Promise<string> => {
      try {
        await run();
        return 'done';
      } catch {
        return 'refused';
      }
    };
    return {
      // What the debugger evaluates is exempt from the policy; what it leaves to a timer is not.
      code: await new Promise<string>((resolve) => {
        const compile = (): unknown => Reflect.construct(Function, ['return 1']);
        setTimeout(() => void outcome(compile).then(resolve));
      }),
      fetch: await outcome(() => fetch('https://example.org/')),
      ownFile: await outcome(() => fetch('assay://app/index.html')),
      disk: await outcome(() => fetch('file:///etc/passwd')),
      image: await new Promise<string>((resolve) => {
        const image = new Image();
        image.onload = () => resolve('done');
        image.onerror = () => resolve('refused');
        image.src = 'https://example.org/a.png';
      }),
    };
  });
  expect(attempts).toEqual({
    code: 'refused',
    fetch: 'refused',
    ownFile: 'refused',
    disk: 'refused',
    image: 'refused',
  });
});

test('the window goes nowhere, opens nothing and gets no permission', async () => {
  const before = assay.page.url();
  await assay.page.evaluate(() => {
    location.href = 'https://example.org/';
  });
  expect(await assay.page.evaluate(() => window.open('https://example.org/') === null)).toBe(true);
  expect(await assay.page.evaluate(() => Notification.requestPermission())).toBe('denied');
  expect(assay.page.url()).toBe(before);
  expect(await assay.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});

test('messages that are not as agreed are refused', async () => {
  const answers = await assay.page.evaluate(async () => {
    const bridge = (window as unknown as { assay: { call(method: string, params: unknown): Promise<{ ok: boolean }> } })
      .assay;
    return Promise.all([
      bridge.call('openRecent', { id: 7 }),
      bridge.call('nothingOfTheKind', {}),
      bridge.call('toString', {}),
      bridge.call('saveSettings', { theme: 'purple' }),
      bridge.call('settings', {}),
    ]);
  });
  expect(answers.map(({ ok }) => ok)).toEqual([false, false, false, false, true]);
});
