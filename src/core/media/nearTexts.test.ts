import { describe, expect, it } from 'vitest';
import { createRandom } from '../base/random';
import { nearTextFrom, TextCopies } from './nearTexts';

/** `count` words, of which those at 13·i are others for i < changed. */
function words(seed: number, count: number, changed = 0): string {
  const random = createRandom(seed);
  const all = Array.from({ length: count }, () => `word${random.integer(5_000)}`);
  for (let i = 0; i < changed; i++) all[(i * 13) % count] = `other${i}`;
  return all.join(' ');
}

function copiesOf(texts: readonly (string | null)[]) {
  const copies = new TextCopies();
  for (const text of texts) copies.add(text);
  return copies.find();
}

/** The share of pairs of neighbouring words that both have, by sets. */
function jaccard(one: string, other: string): number {
  const pairs = (text: string): Set<string> => {
    const all = text.split(' ');
    return new Set(all.slice(1).map((word, k) => `${all[k]} ${word}`));
  };
  const [a, b] = [pairs(one), pairs(other)];
  const both = [...a].filter((pair) => b.has(pair)).length;
  return both / (a.size + b.size - both);
}

describe('TextCopies', () => {
  it('takes case, blanks and forms of characters for the same', () => {
    const { sets, exact } = copiesOf(['A  ﬁne\nday', 'a fine day', 'a fine night', null, null, '  ']);
    expect([...sets]).toEqual([0, 0, -1, -1, -1, -1]);
    expect([...exact]).toEqual([1, 1, 0, 0, 0, 0]);
  });

  it('finds texts that share most pairs of words, and none that do not', () => {
    const changes = [0, 5, 20, 40, 100, 200];
    for (const changed of changes) {
      const pair = [words(3, 600), words(3, 600, changed)] as const;
      const share = jaccard(...pair);
      const { sets, score } = copiesOf([...pair, ...Array.from({ length: 50 }, (_, k) => words(50 + k, 600))]);
      if (changed === 0) expect(score[0]).toBe(1);
      // The estimate is right to a few hundredths.
      else if (share > nearTextFrom + 0.1) expect(sets[1]).toBe(0);
      else if (share < nearTextFrom - 0.1) expect(sets[1]).toBe(-1);
      expect([...sets].slice(2).every((set) => set === -1)).toBe(true);
    }
    expect(changes.map((changed) => jaccard(words(3, 600), words(3, 600, changed)) > nearTextFrom)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it('estimates the share of pairs as the score', () => {
    const pair = [words(9, 2_000), words(9, 2_000, 60)] as const;
    const share = jaccard(...pair);
    const { score } = copiesOf(pair);
    expect(score[0]).toBeGreaterThan(0.5);
    expect(Math.abs((score[0] - 0.5) / 0.49 - (share - nearTextFrom) / (1 - nearTextFrom))).toBeLessThan(0.3);
  });

  it('compares short texts exactly, and the shortest whole', () => {
    const { sets } = copiesOf([
      'the quick brown fox jumps over the lazy dog and then it sleeps for hours',
      'the quick brown fox jumps over the lazy dog and then it sleeps for days',
      'red fox',
      'red fox!',
    ]);
    expect([...sets]).toEqual([0, 0, -1, -1]);
  });

  it('finds copies of texts that are written without blanks', () => {
    const text = '今天天气很好我们一起去公园散步然后去吃饭晚上再回家看电影明天早上还要上班';
    expect([...copiesOf([text, `${text}。谢谢`, '完全不同的一句话没有相同的内容在这里面']).sets]).toEqual([0, 0, -1]);
  });

  it('takes little for many copies of one text', () => {
    const template = words(1, 300);
    const { sets } = copiesOf(Array.from({ length: 3_000 }, (_, k) => `${template} ${k}00`));
    expect(sets.every((set) => set === 0)).toBe(true);
  });
});
