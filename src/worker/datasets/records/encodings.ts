import type { Dialect } from '../../../contract/dataset';

type Encoding = Dialect['encoding'];

/**
 * What the WHATWG windows-1252 table has at 0x80–0x9F. The five bytes that Windows leaves undefined stand for the
 * control characters of the same number, so every byte has exactly one character and decoding can be undone.
 */
const windows1252High =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';
const byteOfHigh = new Map([...windows1252High].map((character, index) => [character, 0x80 + index]));

/** Bytes before the text. A windows-1252 file with a mark is one that began like UTF-8 and turned out not to be. */
export function markLength(dialect: Pick<Dialect, 'encoding' | 'byteOrderMark'>): number {
  return dialect.byteOrderMark ? (unitBytes(dialect.encoding) === 2 ? 2 : 3) : 0;
}

/** Bytes of one unit of text: a cut between two units never splits a character of UTF-16 code units. */
export function unitBytes(encoding: Encoding): 1 | 2 {
  return encoding === 'utf-16le' || encoding === 'utf-16be' ? 2 : 1;
}

/** Decodes whole units. UTF-8 must not be cut inside a character, see {@link completeUtf8Length}. */
export function decodeBytes(bytes: Buffer, encoding: Encoding): string {
  switch (encoding) {
    case 'utf-8':
      return bytes.toString('utf8');
    case 'utf-16le':
      return bytes.toString('utf16le');
    case 'utf-16be':
      return Buffer.from(bytes).swap16().toString('utf16le');
    case 'windows-1252':
      return bytes.toString('latin1').replace(/[\x80-\x9f]/g, (c) => windows1252High[c.charCodeAt(0) - 0x80] ?? c);
  }
}

/** Bytes that `text`, decoded from a file in this encoding, takes up there. O(length). */
export function encodedLength(text: string, encoding: Encoding): number {
  switch (encoding) {
    case 'utf-8':
      return Buffer.byteLength(text, 'utf8');
    case 'windows-1252':
      return text.length;
    default:
      return text.length * 2;
  }
}

/** The inverse of {@link decodeBytes}; null when the encoding has no bytes for a character of `text`. */
export function encodeText(text: string, encoding: Encoding): Buffer | null {
  switch (encoding) {
    case 'utf-8':
      return Buffer.from(text, 'utf8');
    case 'utf-16le':
      return Buffer.from(text, 'utf16le');
    case 'utf-16be':
      return Buffer.from(text, 'utf16le').swap16();
    case 'windows-1252': {
      const bytes = Buffer.alloc(text.length);
      for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i);
        const byte =
          byteOfHigh.get(text.charAt(i)) ?? (code < 0x80 || (code >= 0xa0 && code <= 0xff) ? code : undefined);
        if (byte === undefined) return null;
        bytes[i] = byte;
      }
      return bytes;
    }
  }
}

/** Length of `bytes` without an incomplete character at its end (at most three bytes less). */
export function completeUtf8Length(bytes: Buffer): number {
  const length = bytes.length;
  for (let back = 1; back <= Math.min(3, length); back++) {
    const byte = bytes[length - back] ?? 0;
    if (byte < 0x80) return length;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? length - back : length;
    }
  }
  return length;
}

/**
 * Offset of the first byte that is not valid UTF-8, or −1. `text` is `bytes` decoded: only text with a replacement
 * character needs a second look.
 */
export function invalidUtf8At(bytes: Buffer, text: string): number {
  if (!text.includes('\ufffd')) return -1;
  const again = Buffer.from(text, 'utf8');
  if (again.length === bytes.length && again.equals(bytes)) return -1;
  let at = 0;
  while (at < bytes.length && bytes[at] === again[at]) at++;
  return at;
}

interface DetectedEncoding {
  readonly encoding: Encoding;
  readonly byteOrderMark: boolean;
  /** Offset of the first byte that is not valid UTF-8, where that decided; else null. */
  readonly failedAt: number | null;
}

/**
 * Encoding of a file by its first bytes: a byte order mark; else zero bytes at every other place (UTF-16); else UTF-8
 * when the bytes are valid; else windows-1252, which every byte string is.
 */
export function detectEncoding(head: Buffer, isWholeFile: boolean): DetectedEncoding {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf)
    return { encoding: 'utf-8', byteOrderMark: true, failedAt: null };
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', byteOrderMark: true, failedAt: null };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be', byteOrderMark: true, failedAt: null };
  const utf16 = guessUtf16(head);
  if (utf16 !== null) return { encoding: utf16, byteOrderMark: false, failedAt: null };
  const part = isWholeFile ? head : head.subarray(0, completeUtf8Length(head));
  const failedAt = invalidUtf8At(part, part.toString('utf8'));
  if (failedAt === -1) return { encoding: 'utf-8', byteOrderMark: false, failedAt: null };
  return { encoding: 'windows-1252', byteOrderMark: false, failedAt };
}

/** Text of mostly Latin letters, digits and delimiters has a zero in every other byte of UTF-16. */
function guessUtf16(head: Buffer): Encoding | null {
  const pairs = head.length >> 1;
  if (pairs < 2) return null;
  let evenZeros = 0;
  let oddZeros = 0;
  for (let i = 0; i < pairs; i++) {
    if (head[2 * i] === 0) evenZeros++;
    if (head[2 * i + 1] === 0) oddZeros++;
  }
  if (oddZeros >= 0.4 * pairs && evenZeros <= 0.02 * pairs) return 'utf-16le';
  if (evenZeros >= 0.4 * pairs && oddZeros <= 0.02 * pairs) return 'utf-16be';
  return null;
}

export interface ChosenEncoding extends DetectedEncoding {
  /** 1-based line with the first bytes that are no UTF-8; null where they are, or were not looked at. */
  readonly failedLine: number | null;
}
