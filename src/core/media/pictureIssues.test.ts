import { describe, expect, it } from 'vitest';
import { createRandom } from '../base/random';
import { issueNames } from './mediaIssues';
import { thumbnailPixels } from './nearPictures';
import { findCopiesOfPictures, type PictureFacts, scorePictures } from './pictureIssues';

type Numbers = Omit<PictureFacts, 'columns' | 'contents' | 'thumbnails'>;

/** 60 usual pictures, and what is asked for at the end. */
function factsOf(odd: readonly Partial<Record<keyof Numbers, number>>[], columns = 1): PictureFacts {
  const random = createRandom(4);
  const usual = Array.from({ length: 60 }, () => ({
    width: 300 + random.integer(40),
    height: 200 + random.integer(30),
    brightest: 0.9 + 0.05 * random.uniform(),
    darkest: 0.1 + 0.1 * random.uniform(),
    entropy: 6 + random.uniform(),
    sharpness: Math.exp(random.normal() / 3),
    colour: 0.2 + 0.1 * random.uniform(),
  }));
  const all = [...usual, ...odd.map((one) => ({ ...usual[0], ...one }))];
  const column = (name: keyof Numbers) => Float64Array.from(all, (one) => one[name]);
  return {
    columns,
    width: column('width'),
    height: column('height'),
    brightest: column('brightest'),
    darkest: column('darkest'),
    entropy: column('entropy'),
    sharpness: column('sharpness'),
    colour: column('colour'),
    contents: all.map((_, k) => `c${k}`),
    thumbnails: Uint8Array.from({ length: all.length * thumbnailPixels }, () => random.integer(256)),
  };
}

const noLabels = (facts: PictureFacts) => new Int32Array(facts.width.length / facts.columns).fill(-1);

describe('scorePictures', () => {
  it.each([
    ['dark', { brightest: 0.2 }],
    ['bright', { darkest: 0.99 }],
    ['blurred', { sharpness: 0.02 }],
    ['low-information', { entropy: 0.5 }],
    ['odd-size', { width: 1500, height: 1000 }],
    ['odd-shape', { width: 900, height: 80 }],
    ['grey', { colour: 0.001 }],
  ] as const)('%s: marks that picture, by that score alone', (name, odd) => {
    const facts = factsOf([odd]);
    const scores = scorePictures(facts, noLabels(facts), issueNames);
    const marked = Object.entries(scores).flatMap(([issue, score]) => {
      const rows = [...score].flatMap((value, row) => (value >= 0.5 ? [row] : []));
      return rows.length === 0 ? [] : [[issue, rows]];
    });
    expect(marked).toEqual([[name, [60]]]);
    expect(scores.dark?.every((score) => score >= 0 && score <= 1)).toBe(true);
  });

  it('calls nothing odd that most pictures are', () => {
    const dark = factsOf(
      Array.from({ length: 200 }, () => ({ brightest: 0.2, entropy: 1, sharpness: 0.01, colour: 0 })),
    );
    const scores = scorePictures(dark, noLabels(dark), issueNames);
    for (const name of ['dark', 'low-information', 'blurred', 'grey'] as const) {
      expect(scores[name]?.every((score) => score < 0.5)).toBe(true);
    }
  });

  it('does not call a grey picture odd in a class of grey pictures', () => {
    const facts = factsOf(Array.from({ length: 8 }, () => ({ colour: 0 })));
    const labels = Int32Array.from({ length: 68 }, (_, row) => (row < 60 ? 0 : 1));
    expect(scorePictures(facts, labels, ['grey']).grey?.every((score) => score < 0.5)).toBe(true);
    labels[67] = 0;
    expect(scorePictures(facts, labels, ['grey']).grey?.[67]).toBeGreaterThan(0.5);
  });

  it('does not take the little colour of a dark or bright picture for none', () => {
    const facts = factsOf([
      { colour: 0.015, brightest: 0.1 },
      { colour: 0.015, darkest: 0.95 },
      { colour: 0.0005, brightest: 0.1 },
      { colour: 0.015 },
    ]);
    const grey = scorePictures(facts, noLabels(facts), ['grey']).grey;
    expect([...(grey ?? [])].slice(60).map((score) => score >= 0.5)).toEqual([false, false, true, true]);
  });

  it('says of a picture that cannot be read that it cannot, and nothing else', () => {
    const unread = { width: NaN, height: NaN, brightest: NaN, darkest: NaN, entropy: NaN, sharpness: NaN, colour: NaN };
    const facts = factsOf([unread, { sharpness: NaN }]);
    const scores = scorePictures(facts, noLabels(facts), issueNames);
    expect(scores.unreadable?.[60]).toBe(1);
    for (const name of ['dark', 'bright', 'blurred', 'odd-size', 'grey'] as const) expect(scores[name]?.[60]).toBeNaN();
    // A plain picture is not blurred.
    expect([scores.unreadable?.[61], scores.blurred?.[61]]).toEqual([0, 0]);
  });

  it('gives a row of several pictures the score of the worst', () => {
    const facts = factsOf([{ brightest: 0.1 }, {}], 2);
    const dark = scorePictures(facts, noLabels(facts), ['dark']).dark;
    expect(dark).toHaveLength(31);
    expect(dark?.[30]).toBeGreaterThan(0.5);
  });

  it('looks for what is asked only', () => {
    const facts = factsOf([]);
    expect(Object.keys(scorePictures(facts, noLabels(facts), ['blurred', 'markup']))).toEqual(['blurred']);
  });
});

describe('findCopiesOfPictures', () => {
  it('takes a row of several pictures for a copy where all of them are', () => {
    const facts = factsOf([{}, {}], 2);
    const contents = [...facts.contents];
    const thumbnails = facts.thumbnails.slice();
    const copy = (from: number, to: number): void => {
      contents[to] = contents[from];
      thumbnails.copyWithin(to * thumbnailPixels, from * thumbnailPixels, (from + 1) * thumbnailPixels);
    };
    copy(0, 60);
    expect(findCopiesOfPictures({ ...facts, contents, thumbnails }).sets[30]).toBe(-1);
    copy(1, 61);
    expect(findCopiesOfPictures({ ...facts, contents, thumbnails }).sets[30]).toBe(0);
    contents[61] = '';
    expect(findCopiesOfPictures({ ...facts, contents, thumbnails }).score[30]).toBeNaN();
  });
});
