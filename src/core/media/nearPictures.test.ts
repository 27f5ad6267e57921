import { describe, expect, it } from 'vitest';
import { createRandom } from '../base/random';
import { findPictureCopies, thumbnailPixels, thumbnailSide } from './nearPictures';

/** Smooth scenes: a few blobs of light at random places, `noise` grey levels of noise on them. */
function drawScene(seed: number, noise = 0, light = 1): Uint8Array {
  const random = createRandom(seed);
  const blobs = Array.from({ length: 6 }, () => [16 * random.uniform(), 16 * random.uniform(), random.uniform()]);
  const grain = createRandom(seed + 1e6);
  return Uint8Array.from({ length: thumbnailPixels }, (_, k) => {
    const [x, y] = [k % thumbnailSide, Math.floor(k / thumbnailSide)];
    let level = 20;
    for (const [a, b, height] of blobs) level += 120 * height * Math.exp(-((x - a) ** 2 + (y - b) ** 2) / 12);
    return Math.max(0, Math.min(255, light * level + noise * grain.normal()));
  });
}

function copiesOf(scenes: readonly Uint8Array[], keys: readonly (string | null)[] = scenes.map((_, k) => String(k))) {
  const thumbnails = new Uint8Array(scenes.length * thumbnailPixels);
  scenes.forEach((scene, k) => thumbnails.set(scene, k * thumbnailPixels));
  return findPictureCopies({ keys, thumbnails });
}

describe('findPictureCopies', () => {
  const scenes = Array.from({ length: 400 }, (_, k) => drawScene(k));

  it('finds none among pictures that differ', () => {
    const { sets, score } = copiesOf(scenes);
    expect([...sets].filter((set) => set >= 0)).toEqual([]);
    expect(Math.max(...score)).toBeLessThan(0.5);
  });

  it('finds pictures that are a little noisier, darker, or the same', () => {
    const rows = [...scenes, drawScene(5, 2), drawScene(6, 0, 0.6), drawScene(7)];
    const keys = rows.map((_, k) => (k === 402 ? '7' : String(k)));
    const { sets, exact, score } = copiesOf(rows, keys);
    expect([sets[400], sets[401], sets[402]]).toEqual([5, 6, 7]);
    expect([sets[5], sets[6], sets[7], sets[8]]).toEqual([5, 6, 7, -1]);
    expect([exact[7], exact[402], exact[400]]).toEqual([1, 1, 0]);
    expect([score[7], score[402]]).toEqual([1, 1]);
    for (const row of [5, 6, 400, 401]) expect(score[row]).toBeGreaterThan(0.5);
    for (const row of [5, 6, 400, 401]) expect(score[row]).toBeLessThan(1);
  });

  it('is the exact answer of all pairs, by correlation', () => {
    const rows = scenes.flatMap((scene, k) => (k < 60 ? [scene, drawScene(k, k / 10)] : [scene]));
    const { sets } = copiesOf(rows);
    // Noisier and noisier copies: the first are found, and none of them is taken for another scene's.
    for (let k = 0; k < 30; k++) expect([sets[2 * k], sets[2 * k + 1]]).toEqual([2 * k, 2 * k]);
    for (let k = 0; k < 60; k++) expect([-1, 2 * k]).toContain(sets[2 * k + 1]);
  });

  it('does not take plain pictures of different grey for copies, nor those that cannot be read', () => {
    const plain = (grey: number) => new Uint8Array(thumbnailPixels).fill(grey);
    const { sets, score } = copiesOf([plain(3), plain(200), plain(0), plain(0)], ['a', 'b', null, null]);
    expect([...sets]).toEqual([-1, -1, -1, -1]);
    expect([...score]).toEqual([0, 0, NaN, NaN]);
  });

  it('is fine with nothing', () => {
    expect(copiesOf([]).sets).toHaveLength(0);
  });
});
