import type { Dialect } from '../../contract/dataset';

export const delimiterNames: Readonly<Record<string, string>> = {
  ',': 'comma',
  '\t': 'tab',
  ';': 'semicolon',
  '|': 'vertical bar',
  ' ': 'space',
  ':': 'colon',
  '~': 'tilde',
  '^': 'caret',
  '\u001f': 'unit separator',
};
const quotes: Readonly<Record<string, string>> = { '"': 'double quotes', "'": 'single quotes', '': 'no quotes' };
export const encodingNames: Readonly<Record<Dialect['encoding'], string>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16 (little-endian)',
  'utf-16be': 'UTF-16 (big-endian)',
  'windows-1252': 'Latin-1 (Windows-1252)',
};
export const newlineNames: Readonly<Record<Dialect['newline'], string>> = { '\n': 'LF', '\r\n': 'CRLF', '\r': 'CR' };

/** "comma, double quotes, UTF-8, line ends LF": how a file is written, in words. */
export function describeDialect(dialect: Dialect): string {
  const parts = [
    delimiterNames[dialect.delimiter] ?? `“${dialect.delimiter}”`,
    quotes[dialect.quote] ?? `quoted by ${dialect.quote}`,
    encodingNames[dialect.encoding] + (dialect.byteOrderMark ? ' with byte order mark' : ''),
    `line ends ${newlineNames[dialect.newline]}`,
  ];
  if (!dialect.header) parts.push('no header line');
  if (dialect.escape === '\\') parts.push('quotes after a backslash');
  if (dialect.skipLines > 0)
    parts.push(dialect.skipLines === 1 ? '1 line skipped' : `${dialect.skipLines} lines skipped`);
  if (dialect.comment !== '') parts.push(`comments after ${dialect.comment}`);
  if (dialect.decimal !== 'auto') parts.push(dialect.decimal === ',' ? 'decimal comma' : 'decimal point');
  return parts.join(', ');
}
