import { describe, expect, it } from 'vitest';
import { markupShare, withoutMarkup } from './markup';

describe('markupShare', () => {
  it.each([
    ['plain words, 3 < 4 and 5 > 2, a <- b', 0],
    ['a map<int> in C++, if (a<b && b>c)', 0],
    ['see http://example.org/ for more about it', 0],
    ['Ça coûte 5 €, ÂGE et “guillemets”', 0],
    ['<b>bold</b> word', 7 / 15],
    ['one<br/>two', 5 / 11],
    ['<a href="x y">z</a>', 16 / 17],
    ['a &amp; b &#8217; c', 12 / 15],
    ['\\textbf{x} is y', 10 / 13],
    ['[b]x[/b]', 7 / 8],
    ['cafÃ© donâ€™t', 5 / 12],
    ['g=FCnstig', 3 / 9],
    ['https://example.org/a', 1],
    ['', 0],
  ])('of %j', (text, share) => {
    expect(markupShare(text)).toBeCloseTo(share, 6);
  });

  it('takes no longer for texts that seem to begin again and again', () => {
    for (const part of ['<a ', '&', '\\frac{', '[url=', '<!--', '<div <', 'http://', 'Ã']) {
      expect(markupShare(part.repeat(20_000))).toBeGreaterThanOrEqual(0);
    }
  });
});

it('a text without its markup', () => {
  expect(withoutMarkup('<p>Guten Tag</p> &amp; http://x.org/y').replace(/\s+/g, ' ').trim()).toBe('Guten Tag');
  expect(withoutMarkup('nothing of it')).toBe('nothing of it');
});
