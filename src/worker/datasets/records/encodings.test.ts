import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completeUtf8Length, decodeBytes, detectEncoding, encodedLength, encodeText, invalidUtf8At } from './encodings';

describe('windows-1252', () => {
  it('decodes as the WHATWG table does and loses no byte', () => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const text = decodeBytes(all, 'windows-1252');
    expect(text).toHaveLength(256);
    expect(text[0x80]).toBe('€');
    expect(text[0x9f]).toBe('Ÿ');
    expect(text[0x81]).toBe('\u0081');
    expect(encodeText(text, 'windows-1252')).toEqual(all);
  });

  it('says when it has no byte for a character', () => {
    expect(encodeText('漢', 'windows-1252')).toBeNull();
    expect(encodeText('\u0080', 'windows-1252')).toBeNull();
  });
});

describe('every encoding', () => {
  it.each(['utf-8', 'utf-16le', 'utf-16be'] as const)('%s round-trips and knows its lengths', (encoding) => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bytes = encodeText(text, encoding);
        expect(bytes).not.toBeNull();
        expect(decodeBytes(bytes ?? Buffer.alloc(0), encoding)).toBe(text);
        expect(encodedLength(text, encoding)).toBe(bytes?.length);
      }),
      { seed: 1 },
    );
  });
});

describe('UTF-8 in pieces', () => {
  it('never cuts a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.nat(), (text, cut) => {
        const bytes = Buffer.from(text, 'utf8');
        const part = bytes.subarray(0, cut % (bytes.length + 1));
        const complete = part.subarray(0, completeUtf8Length(part));
        expect(part.length - complete.length).toBeLessThan(4);
        expect(text.startsWith(complete.toString('utf8'))).toBe(true);
      }),
      { seed: 2 },
    );
  });

  it('finds the first invalid byte and lets a real replacement character pass', () => {
    const check = (bytes: Buffer): number => invalidUtf8At(bytes, bytes.toString('utf8'));
    expect(check(Buffer.from('ok \ufffd ok'))).toBe(-1);
    expect(check(Buffer.concat([Buffer.from('é\ufffd'), Buffer.from([0xe9, 0x20])]))).toBe(5);
    expect(check(Buffer.from([0xc3]))).toBe(0);
  });
});

describe('detectEncoding', () => {
  const table = 'id,name,label\n1,Zoë,a\n2,Jürgen,b\n';

  it.each([
    ['utf-8', false],
    ['utf-8', true],
    ['utf-16le', false],
    ['utf-16le', true],
    ['utf-16be', false],
    ['utf-16be', true],
    ['windows-1252', false],
  ] as const)('%s, mark: %s', (encoding, mark) => {
    const bytes = encodeText((mark ? '\ufeff' : '') + table, encoding) ?? Buffer.alloc(0);
    expect(detectEncoding(bytes, true)).toMatchObject({ encoding, byteOrderMark: mark });
  });

  it('forgives a character cut at the end of the first part, not at the end of the file', () => {
    const bytes = Buffer.from('naïv€').subarray(0, -1);
    expect(detectEncoding(bytes, false).encoding).toBe('utf-8');
    expect(detectEncoding(bytes, true).encoding).toBe('windows-1252');
  });
});
