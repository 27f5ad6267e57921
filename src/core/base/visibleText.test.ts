import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutText, isolatedText, nameCharacter, splitVisible, visibleText } from './visibleText';

const nasty = fc.string({ unit: 'binary', maxLength: 30 });
const rogue = fc.constantFrom(
  ...['\u0000', '\u001b[31m', '\u009b2J', '\u007f', '\r', '\u202e', '\u2066', '\u200e', '\u061c', '\u200b', '\ufeff'],
  ...['\u00ad', '\u2060', '\u034f', '\u3164', '\ud800', '\u{e0041}', '\u2028', '\u2800', '\u180e', '\ufffe', '\u00a0'],
);
const mixed = fc.array(fc.oneof(nasty, rogue), { maxLength: 8 }).map((parts) => parts.join(''));
const seen = /^[^\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\u2800]*$/u;

describe('visibleText', () => {
  it('shows controls, direction changes and what has no width, and leaves the rest', () => {
    expect(visibleText('a\u001b[31mred')).toBe('a\\x1b[31mred');
    expect(visibleText('a\tb\r\nc\u009b')).toBe('a\\tb\\r\\nc\\x9b');
    expect(visibleText('in\u202Etxt.exe')).toBe('in⟨U+202E⟩txt.exe');
    expect(visibleText('good\u00a0\u200b')).toBe('good⟨U+00A0⟩⟨U+200B⟩');
    expect(visibleText('half \ud83d end')).toBe('half ⟨U+D83D⟩ end');
    expect(visibleText('tag \u{e0041}')).toBe('tag ⟨U+E0041⟩');
    for (const plain of ['', 'plain', 'Größe µ²', 'e\u0301', '漢字\u3000かな', 'שלום', '−1.5 °C', '\u0601٣']) {
      expect(visibleText(plain)).toBe(plain);
    }
  });

  it('leaves joiners and selectors that draw something, and only those', () => {
    for (const plain of ['👩‍👩‍👧', '👩🏽‍🚀', '❤️', '1️⃣', 'می‌خواهم', 'क्‍ष']) {
      expect(visibleText(plain)).toBe(plain);
    }
    for (const hidden of ['a\u200db', '1\u200d2', '\u200dمن', 'x\ufe0f', '1\ufe0f', '😀\u200d', 'a\u200cم']) {
      expect(visibleText(hidden)).toMatch(/⟨U\+(200D|200C|FE0F)⟩/);
    }
  });

  it('keeps what it is asked to keep', () => {
    expect(visibleText('1\u202f234\n\u200b', { keepBlanks: true, keepLines: true })).toBe('1\u202f234\n⟨U+200B⟩');
  });

  it('property: nothing that is not seen comes out, and text that has nothing comes out as it is', () => {
    fc.assert(
      fc.property(mixed, (text) => {
        const visible = visibleText(text);
        expect(visible).toMatch(seen);
        expect(visibleText(visible)).toBe(visible);
      }),
      { numRuns: 2000, seed: 1 },
    );
  });
});

describe('cutText', () => {
  it('cuts by code points', () => {
    expect(cutText('abc', 3)).toBe('abc');
    expect(cutText('abcd', 3)).toBe('abc…');
    expect(cutText('😀😀😀😀', 3)).toBe('😀😀😀…');
    expect(cutText('😀😀😀', 3)).toBe('😀😀😀');
    expect(visibleText('\u202e'.repeat(5), { limit: 2 })).toBe('⟨U+202E⟩⟨U+202E⟩…');
  });
});

describe('splitVisible', () => {
  it('marks what is not seen with its name, and blanks at the ends', () => {
    expect(splitVisible('good ')).toEqual([
      { kind: 'plain', text: 'good' },
      { kind: 'mark', text: ' ', sign: '␣', name: 'blank, U+0020' },
    ]);
    expect(splitVisible('a b')).toEqual([{ kind: 'plain', text: 'a b' }]);
    expect(splitVisible('')).toEqual([{ kind: 'plain', text: '' }]);
    expect(splitVisible('a\u200bb').map((piece) => (piece.kind === 'mark' ? piece.sign : piece.text))).toEqual([
      ...['a', 'ZWSP', 'b'],
    ]);
    expect(splitVisible(' '.repeat(12))).toEqual([
      { kind: 'mark', text: ' '.repeat(12), sign: '␣×12', name: '12 × blank, U+0020' },
    ]);
    expect(splitVisible('a\nb', { keepLines: true })).toEqual([{ kind: 'plain', text: 'a\nb' }]);
    expect(splitVisible('x\u00a0').map((piece) => (piece.kind === 'mark' ? piece.sign : piece.text))).toEqual([
      ...['x', 'NBSP'],
    ]);
  });

  it('property: the pieces together are the text, and no plain one hides anything', () => {
    fc.assert(
      fc.property(mixed, (text) => {
        const pieces = splitVisible(text);
        expect(pieces.map((piece) => piece.text).join('')).toBe(text);
        for (const piece of pieces) if (piece.kind === 'mark') expect(visibleText(piece.sign)).toBe(piece.sign);
      }),
      { numRuns: 1000, seed: 2 },
    );
  });
});

describe('isolatedText', () => {
  it('isolates what runs from right to left', () => {
    expect(isolatedText('plain')).toBe('plain');
    expect(isolatedText('שלום')).toBe('\u2068שלום\u2069');
    expect(isolatedText('a\u202eb')).toBe('a⟨U+202E⟩b');
  });
});

describe('nameCharacter', () => {
  it('names what is known, and numbers the rest', () => {
    expect(nameCharacter('\u200b')).toBe('zero-width space, U+200B');
    expect(nameCharacter('\u{e0041}')).toBe('tag character, U+E0041');
    expect(nameCharacter('\u0001')).toBe('control character, U+0001');
  });
});
