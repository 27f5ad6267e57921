import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../core/base/random';
import { RepeatWatch } from './repeatWatch';

function watch(texts: Iterable<string>, most = 20_000): RepeatWatch {
  const watched = new RepeatWatch(most);
  for (const text of texts) watched.add(text);
  return watched;
}

describe('RepeatWatch', () => {
  it.each([
    ['counted up', (k: number) => String(k)],
    ['with zeros in front', (k: number) => String(k).padStart(9, '0')],
    ['decimals', (k: number) => (k / 7919).toFixed(6)],
    ['of two signs', (k: number) => k.toString(2)],
    ['long, and different at their beginning', (k: number) => `${k}${'x'.repeat(60)}`],
    ['long, and different at their end', (k: number) => `${'x'.repeat(60)}${k}`],
    ['runs of one sign', (k: number) => '\0'.repeat(k % 200) + String.fromCharCode(1 + Math.floor(k / 200))],
    ['of other scripts', (k: number) => String.fromCodePoint(0x4e00 + k)],
  ])('sees none among 20,000 different texts %s, and the first that comes again', (_, textOf) => {
    const texts = Array.from({ length: 20_000 }, (_text, k) => textOf(k));
    expect(new Set(texts).size).toBe(20_000);
    expect(watch(texts)).toMatchObject({ repeats: false, isWatching: false });
    for (const again of [0, 9_999, 19_998]) {
      expect(watch([...texts.slice(0, 19_999), textOf(again)]).repeats).toBe(true);
    }
  });

  it('looks at the first ones only', () => {
    expect(watch(['a', 'b', 'c', 'a'], 3).repeats).toBe(false);
    expect(watch(['a', 'b', 'a', 'c'], 3).repeats).toBe(true);
    expect(watch(['', '']).repeats).toBe(true);
  });

  it('agrees with a set on random texts', () => {
    const random = createRandom(5);
    for (let trial = 0; trial < 300; trial++) {
      const values = 1 + random.integer(4_000);
      const texts = Array.from({ length: 60 }, () => `${random.integer(values) - values / 2}`);
      expect(watch(texts).repeats).toBe(new Set(texts).size < texts.length);
    }
  });
});
