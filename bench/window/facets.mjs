/** Sorting, filtering, facets, brushing, selecting all: until the window shows it, by the page's own clock. */
import { engineMemory, frames, pageMemory, say, scroll } from './measuredWindow.mjs';

/**
 * Clicks an element, or presses a key on it, in the page, and waits frame by frame until the text that is looked at is
 * another than before. @returns milliseconds
 */
function untilChanged(page, act) {
  return page.evaluate(
    ({ at, nth = 0, key, ctrl = false, look }) =>
      new Promise((resolve, reject) => {
        const see = () =>
          [...document.querySelectorAll(look)].map((one) => one.dataset.rowId ?? one.innerText).join('|') || null;
        const before = see();
        const target = document.querySelectorAll(at)[nth];
        const start = performance.now();
        if (key === undefined) target.click();
        else
          target.dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey: ctrl, bubbles: true, cancelable: true }));
        const tick = () => {
          const now = see();
          if (now !== null && now !== before) resolve(performance.now() - start);
          else if (performance.now() - start > 60_000) reject(new Error(`Nothing changed after ${at}: ${before}`));
          else requestAnimationFrame(tick);
        };
        requestAnimationFrame(tick);
      }),
    act,
  );
}

function summary(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(0);
  return `95 % under ${at(0.95)} ms, median ${at(0.5)} ms, longest ${at(1)} ms, ${times.length} times`;
}

async function repeat(page, name, count, act, pause = 300) {
  const times = [];
  for (let i = 0; i < count; i++) {
    times.push(await untilChanged(page, typeof act === 'function' ? act(i) : act));
    // What follows the first sight of it is not part of the next one.
    await page.waitForTimeout(pause);
  }
  say(name, summary(times));
}

const shown = '.counts b:nth-of-type(2)';
const top = '[aria-rowindex="2"][data-row-id]';

/** In Review, of a project with the large table. What is asked for the first time is told by itself. */
export async function measureFacets(measured) {
  const { page } = measured;
  const grid = page.getByRole('grid', { name: 'Ranked rows' });
  await page.getByRole('complementary', { name: 'Queues and filters' }).getByRole('button', { name: /^All/ }).click();
  await grid.waitFor();
  await page.waitForTimeout(3000);
  await grid.focus();
  await page.keyboard.press('Home');
  const sort = (name) => ({ at: `button[aria-label="Sort by ${name}"]`, look: top });
  for (const name of ['id', 'id', 'suspicion', 'suspicion'])
    await repeat(page, `sorted by ${name}, first time`, 1, sort(name), 1500);
  await repeat(page, 'sorted again', 16, (i) => sort(i % 4 < 2 ? 'id' : 'suspicion'));

  const add = async (column) => {
    if (!(await page.getByRole('complementary', { name: 'Facets' }).isVisible())) await page.keyboard.press('p');
    await page.getByRole('button', { name: 'Add a column…' }).click();
    await page.getByRole('combobox', { name: 'Column' }).fill(column);
    const start = performance.now();
    await page.keyboard.press('Enter');
    const card = page.getByRole('article', { name: column, exact: true });
    await card
      .getByText(/grey: all rows|missing|more/)
      .or(card.getByRole('listitem'))
      .first()
      .waitFor();
    say(`facet of ${column}, first time`, `${(performance.now() - start).toFixed(0)} ms`);
    await page.waitForTimeout(500);
  };
  for (const column of ['income', 'city', 'region']) await add(column);
  const values = (column) => `article[aria-labelledby="facet-of-${column}"] .value`;
  const columns = await page.evaluate(() =>
    [...document.querySelectorAll('article[aria-labelledby]')].map((one) =>
      one.getAttribute('aria-labelledby').slice(9),
    ),
  );
  const [region, city, income] = columns;
  await repeat(page, 'filtered by values, first time', 5, (i) => ({ at: values(region), nth: i, look: shown }));
  await repeat(page, 'filtered by values', 20, (i) => ({ at: values(region), nth: i % 3, look: shown }));
  await repeat(page, 'counts of another facet', 20, (i) => ({
    at: values(region),
    nth: i % 3,
    look: `article[aria-labelledby="facet-of-${city}"] .count`,
  }));
  const line = `article[aria-labelledby="facet-of-${income}"] [role=slider]`;
  await repeat(page, 'brushed by a step', 30, (i) => ({
    at: line,
    key: i % 6 < 3 ? 'ArrowRight' : 'ArrowLeft',
    look: shown,
  }));
  say(
    'frames while the end of a range is dragged',
    await frames(page, async () => {
      const box = await page.locator(line).first().boundingBox();
      await page.mouse.move(box.x + box.width / 2, box.y + 20);
      await page.mouse.down();
      for (let i = 1; i <= 60; i++) {
        await page.mouse.move(box.x + box.width / 2 + 2 * i, box.y + 20);
        await page.waitForTimeout(16);
      }
      await page.mouse.up();
    }),
  );
  await page.waitForTimeout(500);
  const crosses = page.getByRole('list', { name: 'Filters in use' }).getByRole('button', { name: /^Remove filter/ });
  while ((await crosses.count()) > 0) {
    await crosses.first().click();
    await page.waitForTimeout(500);
  }
  await page.waitForTimeout(1000);
  await repeat(page, 'all selected, and none', 10, (i) =>
    i % 2 === 0
      ? { at: '[role=grid][aria-label="Ranked rows"]', key: 'a', ctrl: true, look: '.counts .selected' }
      : { at: '[role=grid][aria-label="Ranked rows"]', key: 'Escape', look: '.counts .selected' },
  );
  await page.keyboard.press('p');
  await scroll(page, grid);
  say('window memory', pageMemory(measured));
  say('engine memory', engineMemory(measured));
}
