import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { saidDialectSchema } from '../contract/dataset';
import { InputError } from '../core/base/errors';
import { temporaryFolders } from '../worker/datasets/testFiles';
import {
  collectMissing,
  parseComment,
  parseDecimal,
  parseDelimiter,
  parseEncoding,
  parseEscape,
  parseHeader,
  parseQuote,
  parseSkipLines,
  saidDialect,
} from './readingOptions';

const makeFolder = temporaryFolders();

describe('options of reading', () => {
  it.each([
    [parseDelimiter, 'tab', '\t'],
    [parseDelimiter, '\\t', '\t'],
    [parseDelimiter, '\t', '\t'],
    [parseDelimiter, 'Semicolon', ';'],
    [parseDelimiter, 'pipe', '|'],
    [parseDelimiter, 'space', ' '],
    [parseDelimiter, ' ', ' '],
    [parseDelimiter, '\\x1f', '\u001f'],
    [parseDelimiter, '::', '::'],
    [parseQuote, 'none', ''],
    [parseQuote, 'double', '"'],
    [parseQuote, "'", "'"],
    [parseEscape, 'backslash', '\\'],
    [parseEscape, '\\', '\\'],
    [parseEscape, 'none', ''],
    [parseEncoding, 'UTF8', 'utf-8'],
    [parseEncoding, 'ISO-8859-1', 'windows-1252'],
    [parseEncoding, 'cp1252', 'windows-1252'],
    [parseEncoding, 'utf-16LE', 'utf-16le'],
    [parseHeader, 'Yes', true],
    [parseHeader, 'no', false],
    [parseSkipLines, '3', 3],
    [parseComment, '#', '#'],
    [parseComment, 'none', ''],
    [parseDecimal, 'comma', ','],
    [parseDecimal, '.', '.'],
  ] as const)('%o reads %j', (parse, text, value) => {
    expect(parse(text)).toBe(value);
  });

  it.each([
    [parseDelimiter, '', /comma, tab, semicolon/],
    [parseDelimiter, '\n', /comma, tab/],
    [parseDelimiter, 'x'.repeat(17), /up to 16/],
    [parseQuote, 'quote', /double, single or none/],
    [parseEscape, 'caret', /doubled.*backslash/],
    [parseEncoding, 'koi8-r', /utf-8.*windows-1252/],
    [parseHeader, 'perhaps', /yes or no/],
    [parseSkipLines, '-1', /0 to 1,000,000/],
    [parseSkipLines, '', /0 to 1,000,000/],
    [parseSkipLines, '2000000', /0 to 1,000,000/],
    [parseComment, '#\n', /begin with/],
    [parseDecimal, ';', /point and comma/],
    [collectMissing, 'x'.repeat(101), /100 characters/],
  ] as const)('%o refuses %j, saying what is allowed', (parse, text, message) => {
    expect(() => parse(text)).toThrow(InvalidArgumentError);
    expect(() => parse(text)).toThrow(message);
  });

  it('collects what is missing, each once and trimmed', () => {
    expect(['n.a.', ' - ', 'n.a.'].reduce<string[]>((all, one) => collectMissing(one, all), [])).toEqual(['n.a.', '-']);
  });
});

describe('saidDialect', () => {
  it('says only what was said, as the engine takes it', async () => {
    expect(await saidDialect({}, 'nowhere')).toEqual({});
    const said = await saidDialect({ delimiter: ';', quote: "'", escape: parseEscape('doubled'), header: false }, 'x');
    expect(said).toEqual({ delimiter: ';', quote: "'", escape: "'", header: false });
    expect(saidDialectSchema.parse(said)).toEqual(said);
  });

  it('takes the order of bytes of UTF-16 from the file', async () => {
    const folder = makeFolder();
    const text = Buffer.from('a,b\n1,2\n3,4\n', 'utf16le');
    for (const [name, bytes, encoding] of [
      ['le', text, 'utf-16le'],
      ['be', Buffer.from(text).swap16(), 'utf-16be'],
    ] as const) {
      writeFileSync(join(folder, name), bytes);
      expect(await saidDialect({ encoding: 'utf-16' }, join(folder, name))).toEqual({ encoding });
    }
  });

  it('refuses a delimiter that is the quote', async () => {
    await expect(saidDialect({ delimiter: "'", quote: "'" }, 'x')).rejects.toThrow(InputError);
  });
});
