import type { Dialect } from '../../contract/dataset';

const delimiters: Readonly<Record<string, string>> = {
  ',': 'comma',
  '\t': 'tab',
  ';': 'semicolon',
  '|': 'vertical bar',
  ' ': 'space',
  ':': 'colon',
};
const quotes: Readonly<Record<string, string>> = { '"': 'double quotes', "'": 'single quotes', '': 'no quotes' };
const encodings: Readonly<Record<Dialect['encoding'], string>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16 (little-endian)',
  'utf-16be': 'UTF-16 (big-endian)',
  'windows-1252': 'Latin-1 (Windows-1252)',
};
const newlines: Readonly<Record<Dialect['newline'], string>> = { '\n': 'LF', '\r\n': 'CRLF', '\r': 'CR' };

/** "comma, double quotes, UTF-8, line ends LF": how a file is written, in words. */
export function describeDialect(dialect: Dialect): string {
  const parts = [
    delimiters[dialect.delimiter] ?? `“${dialect.delimiter}”`,
    quotes[dialect.quote] ?? `quoted by ${dialect.quote}`,
    encodings[dialect.encoding] + (dialect.byteOrderMark ? ' with byte order mark' : ''),
    `line ends ${newlines[dialect.newline]}`,
  ];
  if (!dialect.header) parts.push('no header line');
  return parts.join(', ');
}
