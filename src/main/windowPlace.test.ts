import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fitPlace, WindowPlaceStore } from './windowPlace';

const first = { x: 0, y: 30, width: 1920, height: 1050 };
const second = { x: 1920, y: 0, width: 1280, height: 800 };
const place = { x: 100, y: 60, width: 1200, height: 700, maximised: false };

describe('where the window opens', () => {
  it('is where it was, also maximised and on a second display', () => {
    expect(fitPlace(place, [first, second])).toEqual(place);
    const there = { x: 2000, y: 10, width: 1000, height: 600, maximised: true };
    expect(fitPlace(there, [first, second])).toEqual(there);
  });

  it('is the middle of the first display at first, as large as it allows', () => {
    expect(fitPlace(undefined, [first])).toEqual({ x: 240, y: 105, width: 1440, height: 900, maximised: false });
    expect(fitPlace(undefined, [second])).toEqual({ x: 1920, y: 0, width: 1280, height: 800, maximised: false });
  });

  it('is never where nobody can get hold of it', () => {
    const gone = { x: 2000, y: 10, width: 1000, height: 600, maximised: false };
    expect(fitPlace(gone, [first])).toEqual({ x: 460, y: 255, width: 1000, height: 600, maximised: false });
    for (const off of [{ y: -200 }, { x: -1150 }, { x: 1800 }, { y: 1070 }]) {
      const fitted = fitPlace({ ...place, ...off }, [first]);
      expect(fitted.x).toBeGreaterThanOrEqual(0);
      expect(fitted.y).toBeGreaterThanOrEqual(30);
    }
    expect(fitPlace({ ...place, width: 5000, height: 10 }, [first])).toMatchObject({ width: 1920, height: 480 });
  });
});

describe('the place of the window', () => {
  let folder: string;
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'assay-window-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is remembered, and a damaged file or one that cannot be written is no harm', () => {
    const store = new WindowPlaceStore(folder);
    expect(store.read()).toBeUndefined();
    store.write(place);
    expect(new WindowPlaceStore(folder).read()).toEqual(place);
    writeFileSync(join(folder, 'window.json'), '{"x": 1e99}');
    expect(store.read()).toBeUndefined();
    expect(() => new WindowPlaceStore(join(folder, 'not', 'there')).write(place)).not.toThrow();
  });
});
