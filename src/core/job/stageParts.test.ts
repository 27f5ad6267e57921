import { describe, expect, it } from 'vitest';
import { createTestContext } from '../testing/testData';
import { StageParts } from './stageParts';
import { StageProgress } from './stageProgress';

describe('StageParts', () => {
  it('gives each part its share of the bar, and leaves out what is not needed', () => {
    const context = createTestContext();
    const parts = new StageParts(new StageProgress('ranking', context), 10);
    const shown = (): number => context.reports[context.reports.length - 1].done;
    parts.begin(2, 'first').onShare(0.5);
    expect(shown()).toBe(100);
    parts.skip(6);
    parts.begin(2, 'last');
    expect(shown()).toBe(800);
    // More than was expected stays at the end.
    parts.begin(5, 'more').onShare(1);
    expect(shown()).toBe(1000);
  });
});
