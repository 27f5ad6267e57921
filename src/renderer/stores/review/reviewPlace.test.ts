import { describe, expect, it } from 'vitest';
import { standardLayout } from './layoutModel';
import { readPlace, type ReviewPlace, sameQuery, writePlace } from './reviewPlace';
import { defaultQuery, toggleWord } from './reviewQuery';

const place: ReviewPlace = {
  version: 1,
  query: toggleWord({ ...defaultQuery, threshold: 0.62 }, 'given_label', '3'),
  focusRow: 412,
  offset: 1234.5,
  columns: [{ key: 'loss', width: 120, shown: true }],
  evidenceOpen: false,
  layout: { ...standardLayout, views: ['table', 'gallery'], cardSize: 160 },
};

describe('the place where a reviewer stopped', () => {
  it('comes back as it was written', () => {
    expect(readPlace(writePlace(place))).toEqual(place);
  });

  it('has the table alone where an earlier version wrote it', () => {
    const { layout: _, ...before } = place;
    expect(readPlace(JSON.stringify(before))).toEqual({ ...place, layout: standardLayout });
  });

  it('is nothing rather than an error when the text is not one', () => {
    for (const text of ['', '{', '[]', '{"version":2}', JSON.stringify({ ...place, focusRow: -1 })]) {
      expect(readPlace(text)).toBeNull();
    }
  });

  it('tells queries apart', () => {
    expect(sameQuery(defaultQuery, { ...defaultQuery })).toBe(true);
    expect(sameQuery(defaultQuery, place.query)).toBe(false);
  });
});
