import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BugError, CancelledError } from '../../src/core/base/errors';
import { createFloat64LinearAlgebra } from '../../src/core/linalg/float64LinearAlgebra';
import { TextLearner } from '../../src/core/text/textLearner';
import { ComputeClient } from '../../src/worker/compute/thread/computeClient';
import { bundleThread } from './bundleThread';

let threadPath = '';
let client: ComputeClient;
beforeAll(async () => {
  threadPath = await bundleThread('src/worker/compute/thread/computeThread.ts');
  client = new ComputeClient({ threadPath });
});
afterAll(async () => {
  await client.close();
  await rm(dirname(threadPath), { recursive: true, force: true });
});

const texts = Array.from({ length: 64 }, (_, row) => `shared words and number${row % 9} of row${row}`);

describe('TextThread', () => {
  it('answers as the learner does here, and tells its progress', async () => {
    const learner = new TextLearner({ terms: 'words' });
    for (const text of texts) learner.add(text);
    const expected = learner.fit(createFloat64LinearAlgebra());
    const thread = client.openTexts('words');
    try {
      await Promise.all([thread.learn(texts.slice(0, 30)), thread.learn(texts.slice(30))]);
      const shares: number[] = [];
      expect(await thread.fit((share) => shares.push(share))).toEqual(expected?.facts);
      expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
      expect(await thread.embed(texts.slice(0, 5))).toEqual(expected?.embed(texts.slice(0, 5)));
    } finally {
      await thread.close();
    }
  });

  it('ends in the midst of a request when it is closed', async () => {
    const thread = client.openTexts('characters');
    const learning = thread.learn(Array.from({ length: 200 }, () => 'many different pieces '.repeat(5_000)));
    const ended = expect(learning).rejects.toThrow(CancelledError);
    await thread.close();
    await ended;
    await expect(thread.embed(texts)).rejects.toThrow(CancelledError);
  });

  it('says what went wrong, and goes on', async () => {
    const thread = client.openTexts('words');
    try {
      await expect(thread.embed(texts)).rejects.toThrow(BugError);
      await thread.learn(['']);
      expect(await thread.fit(() => undefined)).toBeNull();
    } finally {
      await thread.close();
    }
  });
});
