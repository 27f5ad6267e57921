import { describe, expect, it } from 'vitest';
import { RecentPictures } from './recentPictures';
import type { PictureOutcome } from './thread/pictureMessages';

const picture = (bytes: number): PictureOutcome<'fit'> => ({
  kind: 'picture',
  width: 1,
  height: 1,
  pixels: { width: 1, height: 1, data: new Uint8Array(bytes) },
});

describe('RecentPictures', () => {
  it('reads a picture once while it is kept, and forgets what was not used for longest', async () => {
    const recent = new RecentPictures(3_000);
    const read: string[] = [];
    const get = (key: string): Promise<PictureOutcome<'fit'>> =>
      recent.get(key, async () => {
        read.push(key);
        return picture(800);
      });
    await Promise.all([get('a'), get('a'), get('b')]);
    await get('c');
    await get('a');
    expect(read).toEqual(['a', 'b', 'c']);
    // The fourth is more than there is room for: b was not used for longest.
    await get('d');
    await get('a');
    expect(read).toEqual(['a', 'b', 'c', 'd']);
    await get('b');
    expect(read).toEqual(['a', 'b', 'c', 'd', 'b']);
  });

  it('does not keep a failure', async () => {
    const recent = new RecentPictures();
    await expect(recent.get('a', () => Promise.reject(new Error('closed')))).rejects.toThrow('closed');
    await expect(recent.get('a', async () => picture(1))).resolves.toMatchObject({ kind: 'picture' });
  });
});
