import { describe, expect, it } from 'vitest';
import type { SaidDialect } from '../../../contract/dataset';
import { detectDialect, type DetectedDialect } from './detectDialect';

async function detect(text: string, said: SaidDialect = {}): Promise<DetectedDialect> {
  const found = await detectDialect({ text, firstLine: 1, isWhole: true }, said);
  if (found === null) throw new Error('nothing found');
  return found;
}

describe('detectDialect', () => {
  it.each([
    [',', 'a,b,c\n1,2,3\n4,5,6\n'],
    [';', 'a;b;c\n1,5;2,5;x\n3,5;4,5;y\n'],
    ['\t', 'a\tb\n1,2\t3\n4,5\t6\n'],
    ['|', 'a|b|c\nx, y|2|3\nz, w|5|6\n'],
    [',', 'text,label\n"one; two; three",a\n"four; five; six",b\n'],
    [',', 'only\n1\n2\n'],
  ])('finds the delimiter %j', async (delimiter, text) => {
    expect((await detect(text)).delimiter).toBe(delimiter);
  });

  it.each([
    ['\n', 'a,b\n1,2\n'],
    ['\r\n', 'a,b\r\n1,2\r\n'],
    ['\r', 'a,b\r1,2\r'],
    ['\r\n', 'a,b\r\n"x\ny\nz\n",2\r\n3,4\r\n'],
  ])('finds the newline %j', async (newline, text) => {
    expect((await detect(text)).newline).toBe(newline);
  });

  it('finds apostrophes used as quotes, and does not mistake them', async () => {
    expect((await detect("a,b\n'x, 1',2\n'y, 2',3\n")).quote).toBe("'");
    expect((await detect("a,b\nO'Neil,'tis\nD'Arcy,2\n")).quote).toBe('"');
    expect((await detect('a,b\n"it\'s",2\n')).quote).toBe('"');
  });

  it.each(['--', '-- ', '#N/A', '#DIV/0!', '#12b', '%', '//', '# 3 to 4'])(
    'takes no row for a comment because its first cell is %j',
    async (cell) => {
      const row = (k: number): string => `${k % 9 === 3 ? cell : k / 8},${k % 7},${k % 2 === 0 ? 'A' : 'B'}\n`;
      const rows = Array.from({ length: 60 }, (_, k) => row(k)).join('');
      expect(await detect(`dose,noise,label\n${rows}`)).toMatchObject({ comment: '', header: true });
    },
  );

  it('takes rows that were commented out for comments', async () => {
    const row = (k: number): string => `${k % 9 === 3 ? '#' : ''}${k / 8},${k % 7},${k % 2 === 0 ? 'A' : 'B'}\n`;
    const rows = Array.from({ length: 60 }, (_, k) => row(k)).join('');
    expect((await detect(`dose,noise,label\n${rows}`)).comment).toBe('#');
  });

  it.each([
    [true, 'a,b\n1,2\n3,4\n'],
    [false, '1,2\n3,4\n5,6\n'],
    [false, '5.1,3.5,setosa\n4.9,3.0,setosa\n6.2,3.4,virginica\n5.9,3.0,virginica\n'],
    [true, 'name,city\nAnn,Rome\nBob,Oslo\n'],
    [false, 'yes,no\nyes,yes\nno,no\nno,yes\n'],
    [true, 'label,0,1,2,3\n5,0,0,17,3\n4,0,12,0,9\n'],
    [true, ',x,y\n0,1.5,a\n1,2.5,b\n'],
    [true, 'id,2019,2020\na,1.5,2\nb,3.5,4\n'],
  ])('header: %s for %j', async (header, text) => {
    expect((await detect(text)).header).toBe(header);
  });
});
