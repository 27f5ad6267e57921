import { describe, expect, it } from 'vitest';
import { plainDialect } from '../../contract/dataset';
import { describeDialect } from './dialect';

describe('describeDialect', () => {
  it('says how a plain file is written', () => {
    expect(describeDialect(plainDialect)).toBe('comma, double quotes, UTF-8, line ends LF');
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
    ).toBe('“~”, no quotes, UTF-16 (little-endian) with byte order mark, line ends CRLF, no header line');
  });
});
