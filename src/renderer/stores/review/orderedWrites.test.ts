import { describe, expect, it } from 'vitest';
import { OrderedWrites } from './orderedWrites';

class Away extends Error {}

function harness() {
  const sent: string[] = [];
  const refused: string[] = [];
  let answer: (write: string) => Promise<void> = () => Promise.resolve();
  const writes = new OrderedWrites<string>({
    send: async (write) => {
      await answer(write);
      sent.push(write);
    },
    isUnavailable: (error) => error instanceof Away,
    onRefused: (write) => refused.push(write),
    onChange: () => undefined,
  });
  return { writes, sent, refused, setAnswer: (next: typeof answer) => (answer = next) };
}

const settle = () => new Promise((done) => setTimeout(done, 5));

describe('OrderedWrites', () => {
  it('sends in order, one at a time', async () => {
    const { writes, sent, setAnswer } = harness();
    let under = 0;
    let most = 0;
    setAnswer(async (write) => {
      under += 1;
      most = Math.max(most, under);
      await new Promise((done) => setTimeout(done, write === 'a' ? 4 : 0));
      under -= 1;
    });
    for (const write of ['a', 'b', 'c']) writes.push(write);
    expect(writes.waiting).toBe(3);
    await writes.whenIdle();
    expect(sent).toEqual(['a', 'b', 'c']);
    expect(most).toBe(1);
  });

  it('keeps everything while the engine is away, the failed one first', async () => {
    const { writes, sent, refused, setAnswer } = harness();
    setAnswer(() => Promise.reject(new Away()));
    writes.push('a');
    writes.push('b');
    await settle();
    writes.push('c');
    await settle();
    expect(writes.waiting).toBe(3);
    expect(writes.paused).toBe(true);
    await writes.whenIdle();
    expect(writes.waiting).toBe(3);
    setAnswer(() => Promise.resolve());
    writes.resume();
    await writes.whenIdle();
    expect(sent).toEqual(['a', 'b', 'c']);
    expect(refused).toEqual([]);
  });

  it('reports a refusal once and goes on', async () => {
    const { writes, sent, refused, setAnswer } = harness();
    setAnswer((write) => (write === 'b' ? Promise.reject(new Error('no')) : Promise.resolve()));
    for (const write of ['a', 'b', 'c']) writes.push(write);
    await writes.whenIdle();
    expect(sent).toEqual(['a', 'c']);
    expect(refused).toEqual(['b']);
  });

  it('gives up what waits when the project is left', async () => {
    const { writes, sent } = harness();
    writes.pause();
    writes.push('a');
    writes.push('b');
    expect(writes.clear()).toEqual(['a', 'b']);
    writes.resume();
    await settle();
    expect(sent).toEqual([]);
    await writes.whenIdle();
  });
});
