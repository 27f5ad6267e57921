/** Deciding row by row: from a key to the next row in focus and drawn, and undo the same. */
import { frames, say } from './measuredWindow.mjs';

const decisions = 500;
const undos = 100;

/**
 * Presses a key in the page and waits until another row has the focus and a frame has shown it.
 * @returns milliseconds by the page's own clock
 */
function untilNextRow(page, press) {
  return page.evaluate(
    ({ key, ctrl = false, look }) =>
      new Promise((resolve, reject) => {
        const see = () => document.querySelector(look)?.dataset.rowId ?? null;
        const before = see();
        const start = performance.now();
        (document.activeElement ?? document.body).dispatchEvent(
          new KeyboardEvent('keydown', { key, ctrlKey: ctrl, bubbles: true, cancelable: true }),
        );
        const tick = () => {
          const now = see();
          // The frame after the one in which it is seen has drawn it.
          if (now !== null && now !== before) requestAnimationFrame(() => resolve(performance.now() - start));
          else if (performance.now() - start > 10_000) reject(new Error(`No other row after ${key}: ${before}`));
          else requestAnimationFrame(tick);
        };
        requestAnimationFrame(tick);
      }),
    press,
  );
}

function summary(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(0);
  return `95 % under ${at(0.95)} ms, median ${at(0.5)} ms, longest ${at(1)} ms, ${times.length} times`;
}

async function decideIn(page, view, look) {
  const keys = ['k', 'r', 'x', 'f'];
  const times = [];
  const shown = await frames(page, async () => {
    for (let i = 0; i < decisions; i++) times.push(await untilNextRow(page, { key: keys[i % keys.length], look }));
  });
  say(`decision to the next row on screen, ${view}`, summary(times));
  say(`frames meanwhile, ${view}`, shown);
  const back = [];
  for (let i = 0; i < undos; i++) back.push(await untilNextRow(page, { key: 'z', ctrl: true, look }));
  say(`undo to the row on screen, ${view}`, summary(back));
}

/** In Review, of a project with 2,000 rows or more: first in the table, then in the gallery. */
export async function measureDecisions({ page }) {
  const queues = page.getByRole('complementary', { name: 'Queues and filters' });
  await queues.getByRole('button', { name: /^All/ }).click();
  const grid = page.getByRole('grid', { name: 'Ranked rows' });
  await grid.waitFor();
  await grid.focus();
  await page.keyboard.press('Home');
  await page.waitForTimeout(1000);
  await decideIn(page, 'table', '[role=row][aria-current=true][data-row-id]');
  await page.keyboard.press('g');
  await page.getByRole('grid', { name: 'Gallery' }).focus();
  await page.waitForTimeout(1000);
  await decideIn(page, 'gallery', '[role=gridcell][aria-current=true][data-row-id]');
}
