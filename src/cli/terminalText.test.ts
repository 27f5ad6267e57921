import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { terminalCell, terminalJson, terminalText } from './terminalText';
import { alignTable } from './textTable';

const anything = fc.string({ unit: 'binary', maxLength: 60 });
/** What a terminal obeys or hides; line feeds are checked apart. */
const raw = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]/u;

describe('terminalText', () => {
  it('keeps lines and shows the rest of what a terminal would obey', () => {
    expect(terminalText('one\n\u001b]0;title\u0007two\rthree')).toBe('one\n\\x1b]0;title\\x07two\\rthree');
    expect(terminalText('1\u00a0234 €')).toBe('1\u00a0234 €');
  });

  it('cuts what would fill the screen, and leaves long paths whole', () => {
    const path = `/${'folder/'.repeat(580)}`;
    expect(terminalText(`a ${path}`)).toBe(`a ${path}`);
    const cut = terminalText(`start ${'x'.repeat(1_000_000)} end\nnext`);
    expect(cut.length).toBeLessThan(5_000);
    expect(cut).toMatch(/^start x+… end\nnext$/);
    expect(terminalText('a '.repeat(1_000_000)).length).toBeLessThan(30_000);
  });

  it('property: no control or direction character comes out of text, cells and tables', () => {
    fc.assert(
      fc.property(fc.array(anything, { minLength: 1, maxLength: 5 }), (cells) => {
        expect(terminalText(cells.join('\n')).replace(/\n/g, '')).not.toMatch(raw);
        for (const cell of cells) expect(terminalCell(cell)).not.toMatch(raw);
        for (const line of alignTable([cells])) expect(line).not.toMatch(raw);
      }),
      { numRuns: 1000, seed: 1 },
    );
  });
});

describe('terminalJson', () => {
  it('property: is the same JSON, and nothing raw in it', () => {
    fc.assert(
      fc.property(fc.dictionary(anything, fc.oneof(anything, fc.array(anything), fc.integer())), (value) => {
        const text = terminalJson(value);
        expect(text.replace(/\n/g, '')).not.toMatch(raw);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 500, seed: 2 },
    );
  });
});
