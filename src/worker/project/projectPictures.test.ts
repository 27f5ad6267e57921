import { expect, it } from 'vitest';
import type { PictureReader } from '../pictures/thread/pictureThreads';
import { readWhereTrusted } from './projectPictures';

it('reads pictures for jobs only while the data is what a person chose here', async () => {
  const asked: string[] = [];
  const reader: PictureReader = {
    read: ({ path }) => {
      asked.push(path);
      return Promise.resolve({ kind: 'problem', problem: 'of the file' });
    },
  };
  let isTrusted = false;
  const guarded = readWhereTrusted(reader, () => isTrusted);
  const wish = { kind: 'see', side: 8 } as const;
  await expect(guarded.read({ root: '/', path: 'a.png' }, wish)).rejects.toThrow(/came from elsewhere/);
  expect(asked).toEqual([]);
  isTrusted = true;
  expect(await guarded.read({ root: '/', path: 'b.png' }, wish)).toEqual({ kind: 'problem', problem: 'of the file' });
  expect(asked).toEqual(['b.png']);
});
