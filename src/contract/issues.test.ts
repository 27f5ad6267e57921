import { describe, expect, it } from 'vitest';
import { issueNames } from '../core/media/mediaIssues';
import { issuesOf, withIssue } from './issues';

describe('the setting of issues', () => {
  it('asks for everything that the media can have, until something is left out', () => {
    expect(issuesOf({ issues: 'auto' }, ['texts'])).toEqual([
      'empty',
      'odd-length',
      'script',
      'language',
      'markup',
      'text-copies',
    ]);
    expect(issuesOf({ issues: 'auto' }, [])).toEqual([]);
    const without = withIssue('auto', 'markup', false);
    expect(without).toEqual(issueNames.filter((name) => name !== 'markup'));
    expect(issuesOf({ issues: without }, ['texts'])).not.toContain('markup');
    expect(withIssue(without, 'markup', true)).toBe('auto');
  });

  it('keeps what was chosen of other media', () => {
    expect(withIssue(['dark', 'empty'], 'empty', false)).toEqual(['dark']);
    expect(withIssue([], 'script', true)).toEqual(['script']);
  });
});
