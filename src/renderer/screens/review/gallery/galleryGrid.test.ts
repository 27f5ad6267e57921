import { describe, expect, it } from 'vitest';
import { galleryGap, layGallery } from './galleryGrid';

describe('layGallery', () => {
  it('fills the width with as many cards of the size as fit', () => {
    for (const width of [90, 300, 641, 1200]) {
      const { columns, cardWidth, picture } = layGallery('picture', width, 112, 0);
      const taken = columns * cardWidth + (columns - 1) * galleryGap + 2 * galleryGap;
      expect(taken).toBeLessThanOrEqual(width);
      expect(taken).toBeGreaterThan(width - columns);
      expect(picture).toBeLessThan(cardWidth);
      if (columns > 1) expect(cardWidth).toBeGreaterThanOrEqual(112);
    }
    expect(layGallery('picture', 90, 256, 0).columns).toBe(1);
    expect(layGallery('picture', 0, 112, 0).columns).toBe(1);
  });

  it('has larger pictures and longer texts on larger cards, and a line for each key column', () => {
    expect(layGallery('picture', 1200, 200, 0).picture).toBeGreaterThan(layGallery('picture', 1200, 100, 0).picture);
    const [small, large] = [layGallery('text', 1200, 80, 0), layGallery('text', 1200, 256, 0)];
    expect(large.textLines).toBeGreaterThan(small.textLines);
    expect(large.columns).toBeLessThan(small.columns);
    expect(layGallery('cells', 1200, 128, 4).textLines).toBe(4);
    expect(layGallery('cells', 1200, 128, 4).lineHeight).toBe(
      layGallery('cells', 1200, 128, 4).cardHeight + galleryGap,
    );
  });
});
