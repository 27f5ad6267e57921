import { describe, expect, it } from 'vitest';
import { plainDialect } from '../../contract/dataset';
import { describeDialect } from './dialect';

describe('describeDialect', () => {
  it('says how a plain file is written', () => {
    expect(describeDialect(plainDialect)).toBe('comma, double quotes, UTF-8, line ends LF');
  });

  it('says what was skipped and how cells read', () => {
    const dialect = { ...plainDialect, escape: '\\', skipLines: 3, comment: '#', decimal: ',' as const };
    expect(describeDialect(dialect)).toContain(
      'quotes after a backslash, 3 lines skipped, comments after #, decimal comma',
    );
  });

  it('says what is out of the ordinary', () => {
    expect(
      describeDialect({
        ...plainDialect,
        encoding: 'utf-16le',
        byteOrderMark: true,
        delimiter: '~',
        quote: '',
        newline: '\r\n',
        header: false,
      }),
    ).toBe('tilde, no quotes, UTF-16 (little-endian) with byte order mark, line ends CRLF, no header line');
  });
});
