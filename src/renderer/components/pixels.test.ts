import { describe, expect, it } from 'vitest';
import { greyPixels } from './pixels';

describe('greyPixels', () => {
  it('draws 0 white and the largest level black, and what is missing or beyond as the nearest', () => {
    expect([...greyPixels([0, 16, 20], 2, 2, 16).data]).toEqual([255, 255, 255, 0, 0, 0, 0, 0, 0, 255, 255, 255]);
    expect([...greyPixels([8], 1, 1, 16).data]).toEqual([128, 128, 128]);
  });
});
