import { appendFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CancelledError, InputError } from '../../../core/base/errors';
import { startLooking } from '../looking';
import { temporaryFolders, writeTestFile } from '../testFiles';
import { openTable } from './fileSource';
import { readTextLines } from './textLines';

const makeFolder = temporaryFolders();

async function linesOf(content: string | Buffer): Promise<string[]> {
  const source = await openTable(writeTestFile(makeFolder(), 'lines.jsonl', content));
  const lines: string[] = [];
  try {
    await readTextLines(source, (text, line) => void (lines[line - 1] = text));
  } finally {
    await source.handle.close();
  }
  return lines;
}

describe('readTextLines', () => {
  // Two pieces and more, cut within characters of two, three and four bytes.
  const long = Array.from({ length: 40_000 }, (_, k) => `${'x'.repeat(k % 7)}é€😀 ${k}`);

  it('gives every line with its number, whatever pieces cut', async () => {
    expect(await linesOf(long.join('\n'))).toEqual(long);
    expect(await linesOf(`${long.join('\n')}\n`)).toEqual(long);
    expect(await linesOf('\n\na')).toEqual(['', '', 'a']);
  });

  it('knows encodings, also where bytes that are no UTF-8 come late', async () => {
    expect(await linesOf(Buffer.from(`\ufeff${long.join('\n')}`, 'utf16le'))).toEqual(long);
    expect(await linesOf(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from('a\nb')]))).toEqual(['a', 'b']);
    const plain = Array.from({ length: 60_000 }, (_, k) => `line ${k}`).join('\n');
    const late = await linesOf(Buffer.concat([Buffer.from(`${plain}\n`), Buffer.from('caf\xe9', 'latin1')]));
    expect(late[60_000]).toBe('café');
    expect(late).toHaveLength(60_001);
  });

  it('refuses what is no text, a line without end, and a file that changes meanwhile', async () => {
    await expect(linesOf(`${'word\n'.repeat(20)}\0`)).rejects.toThrow('It is no text.');
    await expect(linesOf(Buffer.from('89504e470d0a1a0a0000000d', 'hex'))).rejects.toThrow('It is no text.');
    await expect(linesOf(Buffer.alloc(17 * 2 ** 20, 'a'))).rejects.toThrow(/Its line 1 is longer than/);
    const file = writeTestFile(makeFolder(), 'grows.jsonl', long.join('\n'));
    const source = await openTable(file);
    const grow = (_: string, line: number): void => void (line === 1 && appendFileSync(file, 'more'));
    await expect(readTextLines(source, grow)).rejects.toThrow(InputError);
    await source.handle.close();
  });

  it('ends where it is cancelled', async () => {
    const { signal, cancel } = startLooking(() => undefined);
    const source = await openTable(writeTestFile(makeFolder(), 'lines.jsonl', long.join('\n')));
    let read = 0;
    const slow = (): void => {
      read++;
      if (read === 10) cancel();
      for (const until = performance.now() + 1; performance.now() < until;);
    };
    await expect(readTextLines(source, slow, { signal })).rejects.toThrow(CancelledError);
    expect(read).toBeLessThan(1_000);
    await source.handle.close();
  });
});
