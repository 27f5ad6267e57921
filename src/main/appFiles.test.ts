import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveAppFile } from './appFiles';

const root = join('/app', 'renderer');

describe('resolveAppFile', () => {
  it('maps the application’s own addresses into its folder', () => {
    expect(resolveAppFile('assay://app/', root)).toBe(join(root, 'index.html'));
    expect(resolveAppFile('assay://app/assets/a%20b.js', root)).toBe(join(root, 'assets', 'a b.js'));
  });

  it.each([
    'assay://app/../secret',
    'assay://app/%2e%2e/secret',
    'assay://app/..%2f..%2fsecret',
    'assay://elsewhere/index.html',
    'file:///etc/passwd',
    'https://example.org/',
    'assay://app/%E0%A4%A',
  ])('gives nothing outside it for %s', (url) => {
    const file = resolveAppFile(url, root);
    if (file !== undefined) expect(file.startsWith(root)).toBe(true);
    expect(file === undefined || !file.includes('etc')).toBe(true);
  });

  it('refuses encoded slashes that climb out', () => {
    expect(resolveAppFile('assay://app/..%2f..%2fsecret', root)).toBeUndefined();
  });
});
