import { describe, expect, it } from 'vitest';
import { describeOutdated, supportEnds } from './runtimeSupport';

const year = (version: string): number => new Date(supportEnds(version)).getUTCFullYear();

describe('describeOutdated', () => {
  it('knows by the schedule when fixes end', () => {
    // From Electron's own table: 22 in 2023, 30 in October 2024, 33 in April 2025, 36 in October 2025.
    expect([year('22.3.25'), year('30.0.0'), year('33.1.0'), year('36.0.1')]).toEqual([2023, 2024, 2025, 2025]);
  });

  it('tells what is outdated, what it means and what to do, and nothing else', () => {
    expect(describeOutdated('22.3.25', new Date('2026-01-01'))).toMatch(
      /22\.3\.25.*2023.*npm run setup.*ASSAY_ELECTRON/,
    );
    expect(describeOutdated('45.4.1', new Date('2026-11-01'))).toBeNull();
    expect(describeOutdated('45.4.1', new Date('2028-01-01'))).toContain('45.4.1');
    expect(describeOutdated(null, new Date())).toBeNull();
    expect(describeOutdated('nonsense', new Date())).toBeNull();
  });
});
