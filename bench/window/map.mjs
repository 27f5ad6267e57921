/** The map of all rows in the real window. */
import { performance } from 'node:perf_hooks';
import { engineMemory, frames, pageMemory, say, seconds } from './measuredWindow.mjs';

/** From Review on. */
export async function measureMap(measured) {
  const { page } = measured;
  const queues = page.getByRole('complementary', { name: 'Queues and filters' });
  await queues.getByRole('button', { name: /^All/ }).click();
  await page.getByRole('grid', { name: 'Ranked rows' }).waitFor();
  await page.waitForTimeout(1500);
  let start = performance.now();
  await page.keyboard.press('m');
  const picture = page.getByRole('img', { name: /placed by/ });
  await picture.waitFor();
  say('the map drawn after', seconds(start));
  const box = await picture.boundingBox();
  const at = (x, y) => [box.x + x * box.width, box.y + y * box.height];

  await page.mouse.move(...at(0.3, 0.3));
  await page.mouse.down();
  say(
    'moved by the mouse, 120 steps',
    await frames(page, async () => {
      for (let i = 0; i < 120; i++) {
        await page.mouse.move(...at(0.3 + 0.3 * Math.abs(Math.sin(i / 15)), 0.3 + (0.3 * (i % 60)) / 60));
        // As a hand moves it.
        await page.waitForTimeout(16);
      }
    }),
  );
  await page.mouse.up();
  say(
    'zoomed by the wheel, 60 steps',
    await frames(page, async () => {
      for (let i = 0; i < 60; i++) {
        await page.mouse.wheel(0, i < 30 ? -60 : 60);
        await page.waitForTimeout(16);
      }
    }),
  );
  await page.keyboard.press('z');
  await page.waitForTimeout(500);
  await page.keyboard.down('Shift');
  await page.mouse.move(...at(0.2, 0.2));
  await page.mouse.down();
  say(
    'a lasso drawn, 100 corners',
    await frames(page, async () => {
      for (let i = 0; i <= 100; i++) {
        const angle = (2 * Math.PI * i) / 100;
        await page.mouse.move(...at(0.5 - 0.35 * Math.cos(angle), 0.5 - 0.35 * Math.sin(angle)));
        await page.waitForTimeout(16);
      }
    }),
  );
  start = performance.now();
  let took = '';
  const drawn = await frames(page, async () => {
    await page.mouse.up();
    await page.getByRole('status', { name: 'Under the lasso' }).getByText('rows').waitFor();
    took = seconds(start);
    await page.waitForTimeout(500);
  });
  await page.keyboard.up('Shift');
  say(`${await page.getByRole('status', { name: 'Under the lasso' }).innerText()} after ${took}`, drawn);
  say('engine memory', engineMemory(measured));
  say('page memory', pageMemory(measured));
}
