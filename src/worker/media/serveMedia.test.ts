import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { BugError } from '../../core/base/errors';
import { issueNames } from '../../core/media/mediaIssues';
import { lookAt } from '../pictures/pictureLook';
import type { MediaMessage, MediaQuestion } from './mediaMessages';
import { PictureTable } from './pictureTable';
import { serveMedia } from './serveMedia';

const { port1, port2 } = new MessageChannel();
serveMedia(port1);
afterEach(() => port2.removeAllListeners('message'));

async function ask(question: MediaQuestion): Promise<unknown> {
  const answer = new Promise<MediaMessage>((resolve) => port2.once('message', resolve));
  port2.postMessage(question);
  const message = await answer;
  if (message.kind !== 'answer') throw new BugError('It answers.');
  return message.result.ok ? message.result.value : message.result.error.message;
}

describe('serveMedia', () => {
  it('looks at the texts it was given, and has none before', async () => {
    expect(await ask({ kind: 'findTexts' })).toBe('There are no texts to look at.');
    expect(await ask({ kind: 'texts', names: issueNames, texts: ['One text of the data.', ''] })).toBeNull();
    await ask({ kind: 'texts', names: issueNames, texts: ['one text of  the data.'] });
    expect(await ask({ kind: 'findTexts' })).toMatchObject({
      scores: { empty: Float64Array.of(0, 1, 0) },
      copies: { exact: Uint8Array.of(1, 0, 1) },
    });
  });

  it('looks at pictures, for copies where they are asked for', async () => {
    const table = new PictureTable();
    const pixels = { width: 4, height: 2, data: Uint8Array.from({ length: 24 }, (_, k) => 10 * k) };
    for (let k = 0; k < 2; k++) table.append(lookAt(pixels, 1, { width: 4, height: 2 }), 1);
    const facts = table.read();
    const labels = Int32Array.of(0, 0);
    expect(await ask({ kind: 'findPictures', facts, labels, names: ['unreadable', 'picture-copies'] })).toMatchObject({
      scores: { unreadable: Float64Array.of(0, 0) },
      copies: { sets: Int32Array.of(0, 0) },
    });
    expect(await ask({ kind: 'findPictures', facts, labels, names: ['dark'] })).toMatchObject({ copies: null });
    port1.close();
  });
});
