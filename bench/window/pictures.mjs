import fs from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { engineMemory, enginePid, frames, pageMemory, say, scroll, seconds } from './measuredWindow.mjs';

/** What a key takes in the cache of vectors (src/worker/encoders/cache/segment.ts), and what a number takes. */
const [keyBytes, numberBytes] = [40, 4];
/** Numbers of a vector of the encoder of pictures that set-up brings. */
const encoderNumbers = 1280;
const cancels = 3;

/** Opens a folder of pictures, cancels and kills while it is encoded, then audits it by pixels and scrolls it. */
export async function measurePictures(measured, folder, cache) {
  const { app, page } = measured;
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
  }, folder);
  let start = performance.now();
  await page.getByRole('button', { name: 'Open folder…' }).click();
  await page.getByRole('table', { name: 'First rows' }).getByRole('cell').nth(5).waitFor({ timeout: 120_000 });
  say('first rows on screen after', seconds(start));
  const next = page.getByRole('button', { name: 'Continue to audit' });
  say('frames until everything is read', await frames(page, () => next.click({ timeout: 300_000 })));
  say('read after', seconds(start));
  tellMemory(measured, 'opened');

  const way = page.getByRole('radiogroup', { name: 'Pictures' });
  const encode = () => startEncoding(page, way, cache);
  for (let k = 0; k < cancels; k++) {
    await encode();
    // At another moment of a batch each time.
    await page.waitForTimeout(1000 + 370 * k);
    start = performance.now();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await runButton(page).waitFor();
    say('cancelled while pictures are encoded after', seconds(start));
  }
  say('vectors kept', countVectors(cache));
  await encode();
  await page.waitForTimeout(3000);
  process.kill(enginePid(measured), 'SIGKILL');
  await page.getByText('was started again').first().waitFor({ timeout: 60_000 });
  const kept = countVectors(cache);
  say('vectors kept after the engine was killed', kept);
  start = performance.now();
  await encode();
  say('the next vector is encoded after', seconds(start));
  await page.waitForTimeout(5000);
  const now = countVectors(cache);
  say('vectors kept after five seconds more, by different digests', `${now}, ${countDigests(cache)}`);
  tellMemory(measured, 'encoding');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await runButton(page).waitFor();

  await openSettings(page);
  await way.getByRole('radio', { name: 'Pixels' }).check({ force: true });
  for (const expert of ['Nearest neighbours', 'Random forest', 'Extremely randomised trees']) {
    await page.getByRole('checkbox', { name: expert }).press('Space');
  }
  start = performance.now();
  await page.getByRole('button', { name: 'Run the audit' }).click();
  await page.getByRole('button', { name: 'Continue to review' }).click({ timeout: 1_800_000 });
  say('audited by pixels and the head alone after', seconds(start));
  tellMemory(measured, 'audited');

  start = performance.now();
  const grid = page.getByRole('grid', { name: 'Ranked rows' });
  await page
    .getByRole('complementary', { name: 'Queues and filters' })
    .getByRole('button', { name: /^All/ })
    .click({ timeout: 300_000 });
  await grid.locator('[role=row][data-row-id]').nth(5).waitFor({ timeout: 300_000 });
  say('every row listed after', seconds(start));
  await page.waitForTimeout(1500);
  await scroll(page, grid);
  tellMemory(measured, 'scrolled');
}

function tellMemory(measured, when) {
  say(`engine memory, ${when}`, engineMemory(measured));
  say(`page memory, ${when}`, pageMemory(measured));
}

function runButton(page) {
  return page.getByRole('button', { name: /^Run the audit|^Run again/ }).first();
}

async function openSettings(page) {
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: 'Audit' }).click();
  const change = page.getByRole('button', { name: 'Change settings and run again…' });
  await runButton(page).or(change).first().waitFor();
  if (await change.isVisible()) await change.click();
}

/** Starts an audit by the encoder alone, and waits for the first vector that it keeps. */
async function startEncoding(page, way, cache) {
  await openSettings(page);
  await way.getByRole('radio', { name: 'Encoder' }).check({ force: true });
  const before = countVectors(cache);
  await runButton(page).click();
  // How exactly the time is known.
  while (countVectors(cache) === before) await page.waitForTimeout(20);
}

/** The files of keys of the encoder's vectors. */
function keyFiles(cache) {
  const all = path.join(cache, 'vectors');
  if (!fs.existsSync(all)) return [];
  return fs
    .readdirSync(all, { recursive: true })
    .filter((name) => name.endsWith('.keys'))
    .map((name) => path.join(all, name))
    .filter((keys) => {
      const vectors = fs.statSync(keys.replace(/keys$/, 'vectors')).size;
      const count = Math.floor(fs.statSync(keys).size / keyBytes);
      return count > 0 && Math.round(vectors / count / numberBytes / encoderNumbers) === 1;
    });
}

function countVectors(cache) {
  return keyFiles(cache).reduce((sum, file) => sum + Math.floor(fs.statSync(file).size / keyBytes), 0);
}

/** One that was encoded twice counts once. */
function countDigests(cache) {
  const digests = new Set();
  for (const file of keyFiles(cache)) {
    const keys = fs.readFileSync(file);
    for (let at = 0; at + keyBytes <= keys.length; at += keyBytes) digests.add(keys.toString('latin1', at, at + 32));
  }
  return digests.size;
}
