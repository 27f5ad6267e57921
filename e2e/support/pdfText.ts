import { inflateSync } from 'node:zlib';

/** What a PDF file of Chromium's says, page by page: enough to compare texts, not a reader of any PDF there is. */
export interface PdfText {
  readonly pages: readonly string[];
}

interface PdfObject {
  readonly head: string;
  /** Unpacked; '' where it is no stream. */
  readonly stream: string;
}

/** @param bytes a PDF file as Chromium (Skia) writes it: plain objects, streams packed with Flate, text by glyphs. */
export function readPdfText(bytes: Buffer): PdfText {
  const objects = readObjects(bytes);
  const pages = [...objects.values()].filter(({ head }) => /\/Type\s*\/Page\b/.test(head));
  return { pages: pages.map(({ head }) => readPage(head, objects)) };
}

function readObjects(bytes: Buffer): Map<number, PdfObject> {
  const text = bytes.toString('latin1');
  const objects = new Map<number, PdfObject>();
  for (const match of text.matchAll(/(?:^|\n)(\d+) 0 obj\n/g)) {
    const start = match.index + match[0].length;
    const end = text.indexOf('\nendobj', start);
    const body = text.slice(start, end);
    const at = body.indexOf('stream\n');
    const head = at < 0 ? body : body.slice(0, at);
    const length = Number(/\/Length (\d+)/.exec(head)?.[1] ?? 0);
    const packed = Buffer.from(at < 0 ? '' : body.slice(at + 7, at + 7 + length), 'latin1');
    const stream = packed.length === 0 ? '' : head.includes('/FlateDecode') ? inflateSync(packed) : packed;
    objects.set(Number(match[1]), { head, stream: stream.toString('latin1') });
  }
  return objects;
}

function readPage(head: string, objects: ReadonlyMap<number, PdfObject>): string {
  const resources = follow(head, /\/Resources (\d+) 0 R/, objects)?.head ?? head;
  const fonts = new Map<string, ReadonlyMap<string, string>>();
  const named = /\/Font\s*<<(.*?)>>/s.exec(resources)?.[1] ?? '';
  for (const [, name = '', number] of named.matchAll(/\/(\w+)\s+(\d+) 0 R/g)) {
    const font = objects.get(Number(number))?.head ?? '';
    fonts.set(name, readCharacters(follow(font, /\/ToUnicode (\d+) 0 R/, objects)?.stream ?? ''));
  }
  const content = follow(head, /\/Contents (\d+) 0 R/, objects)?.stream ?? '';
  let font: ReadonlyMap<string, string> = new Map();
  let spelt = false;
  let text = '';
  const tokens =
    /\/ActualText (?:\(((?:\\.|[^\\)])*)\)|<(\w+)>)|\bEMC\b|\/(\w+) [\d.]+ Tf|<([0-9A-Fa-f]+)> Tj|\bET\b/gs;
  for (const [token, literal, hex, name, glyphs] of content.matchAll(tokens)) {
    if (literal !== undefined || hex !== undefined) {
      // What is spelt out stands for the glyphs up to the end of its span.
      text += spell(literal === undefined ? Buffer.from(hex ?? '', 'hex').toString('latin1') : unescape(literal));
      spelt = true;
    } else if (token === 'EMC') spelt = false;
    else if (name !== undefined) font = fonts.get(name) ?? new Map();
    else if (glyphs === undefined) text += ' ';
    else if (!spelt) text += decode(glyphs.toLowerCase(), font);
  }
  return text.replace(/\s+/g, ' ');
}

function unescape(literal: string): string {
  return literal.replace(/\\(?:([0-7]{1,3})|(.))/gs, (_, octal?: string, character?: string) =>
    octal === undefined ? (character ?? '') : String.fromCharCode(parseInt(octal, 8)),
  );
}

/** Latin-1, or UTF-16 behind its mark. */
function spell(text: string): string {
  return text.startsWith('\xfe\xff') ? Buffer.from(text.slice(2), 'latin1').swap16().toString('utf16le') : text;
}

/** Glyphs have two bytes, in fonts that are drawn letter by letter (Type 3) one. */
function decode(glyphs: string, font: ReadonlyMap<string, string>): string {
  const digits = [...font.keys()][0]?.length ?? 4;
  return Array.from({ length: glyphs.length / digits }, (_, at) => {
    return font.get(glyphs.slice(at * digits, (at + 1) * digits)) ?? '';
  }).join('');
}

function follow(head: string, reference: RegExp, objects: ReadonlyMap<number, PdfObject>): PdfObject | undefined {
  return objects.get(Number(reference.exec(head)?.[1]));
}

/** Characters by the glyphs that draw them. */
function readCharacters(map: string): Map<string, string> {
  const characters = new Map<string, string>();
  const textOf = (hex: string): string => Buffer.from(hex, 'hex').swap16().toString('utf16le');
  for (const [, list = ''] of map.matchAll(/beginbfchar(.*?)endbfchar/gs)) {
    for (const [, glyph = '', hex = ''] of list.matchAll(/<(\w+)>\s*<(\w+)>/g)) {
      characters.set(glyph.toLowerCase(), textOf(hex));
    }
  }
  for (const [, list = ''] of map.matchAll(/beginbfrange(.*?)endbfrange/gs)) {
    for (const [, from = '', to = '', hex = ''] of list.matchAll(/<(\w+)>\s*<(\w+)>\s*<(\w+)>/g)) {
      const first = parseInt(hex, 16);
      for (let glyph = parseInt(from, 16); glyph <= parseInt(to, 16); glyph += 1) {
        const code = first + glyph - parseInt(from, 16);
        characters.set(glyph.toString(16).padStart(from.length, '0'), String.fromCodePoint(code));
      }
    }
  }
  return characters;
}
