import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findUnusedExports, readSources } from './unusedExports';

describe('exports', () => {
  it('are used by another module: what is used inside only is not exported, and what nothing uses is not there', () => {
    const texts = readSources(resolve(__dirname, '../..'), ['src', 'tests', 'e2e', 'bench', 'scripts']);
    expect(Object.keys(texts).length).toBeGreaterThan(500);
    expect(findUnusedExports(texts)).toEqual([]);
  });

  it('are found unused whatever they are, and used however they are imported', () => {
    const texts = {
      'src/a.ts': [
        'export const one = 1, two = one;',
        'export function three() {}',
        'export class Four {}',
        'export interface Five { readonly six: Six }',
        'export type Six = number;',
        'const seven = 7;',
        'export { seven as eight };',
        'export async function* nine() {} // nine',
      ].join('\n'),
      'src/b.ts': [
        "import { three as renamed, type Five } from './a';",
        "export type { Six } from './c';",
        "type Loaded = import('./types').Whole;",
        'export const b: Five | Loaded = renamed;',
      ].join('\n'),
      'src/c.ts': 'export type Six = 6;',
      'src/d.ts': 'export const lazily = 1;',
      'src/types.ts': 'export type Whole = 1;\nexport type Part = 2;',
      'src/View.vue':
        "<template><p /></template>\n<script setup lang=\"ts\">\nimport { b } from './b';\nvoid import('./d');\n</script>\n",
    };
    expect(findUnusedExports(texts)).toEqual([
      'src/a.ts: Four',
      'src/a.ts: Six',
      'src/a.ts: eight',
      'src/a.ts: nine',
      'src/a.ts: one',
      'src/a.ts: two',
      'src/b.ts: Six',
      'src/types.ts: Part',
    ]);
  });

  it('that only a test uses are alive where their own module uses them, too', () => {
    const texts = {
      'src/a.ts': 'export function part() {}\nexport function forgotten() {}\nexport function whole() { part(); }',
      'src/a.test.ts': "import { forgotten, part, whole } from './a';",
      'src/b.ts': "import { whole } from './a';\nwhole();",
    };
    expect(findUnusedExports(texts)).toEqual(['src/a.ts: forgotten']);
    expect(findUnusedExports({ ...texts, 'bench/c.ts': "import { forgotten } from '../src/a';" })).toEqual([]);
  });
});
