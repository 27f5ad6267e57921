import { expect, it } from 'vitest';
import { thumbnailPixels } from '../../core/media/nearPictures';
import { lookAt, lookNumbers } from '../pictures/pictureLook';
import { PictureTable } from './pictureTable';

it('what was measured becomes columns, with gaps for what could not be read', () => {
  const looks = new Float32Array(3 * lookNumbers).fill(Number.NaN);
  const pixels = { width: 4, height: 2, data: Uint8Array.from({ length: 24 }, (_, k) => 10 * k) };
  looks.set(lookAt(pixels, 1, { width: 4, height: 2 }), 0);
  looks.set(lookAt(pixels, 1, { width: 8, height: 2 }), 2 * lookNumbers);
  const table = new PictureTable();
  table.append(looks.subarray(0, lookNumbers), 1);
  table.append(looks.subarray(lookNumbers), 1);
  const facts = table.read();
  expect([...facts.width]).toEqual([4, NaN, 8]);
  expect([...facts.brightest].map(Number.isNaN)).toEqual([false, true, false]);
  expect(facts.contents.map((one) => one === '')).toEqual([false, true, false]);
  expect([...facts.thumbnails.subarray(thumbnailPixels, 2 * thumbnailPixels)].every((grey) => grey === 0)).toBe(true);
  expect(facts.thumbnails.subarray(0, thumbnailPixels)).toEqual(facts.thumbnails.subarray(2 * thumbnailPixels));
});
