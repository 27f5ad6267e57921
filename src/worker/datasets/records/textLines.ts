import type { Dialect } from '../../../contract/dataset';
import { formatCount } from '../../../core/base/format';
import type { CancellationSignal } from '../../../core/job/jobContext';
import { createTurns } from '../../eventLoop';
import { refuseBinary } from '../dialect/notText';
import { completeUtf8Length, decodeBytes, detectEncoding, invalidUtf8At, markLength, unitBytes } from './encodings';
import { checkUnchanged, type FileSource, readBytes } from './fileSource';

const pieceBytes = 256 * 1024;
/** A line longer than this is none that a person or a program wrote. */
const longestLine = 16 * 1024 * 1024;

type TextEncoding = Pick<Dialect, 'encoding' | 'byteOrderMark'>;

/**
 * Goes through the lines of a text file, in pieces, in whatever encoding Assay tells; between pieces the event loop
 * runs.
 * @param onLine Gets each line without its end; the first is 1.
 * @throws Error in a sentence for people, where it is no text or has a line without end.
 * @throws CancelledError
 */
export async function readTextLines(
  source: FileSource,
  onLine: (text: string, line: number) => void,
  { signal, onTurn }: { readonly signal?: CancellationSignal; readonly onTurn?: () => void } = {},
): Promise<void> {
  const encoding = await findEncoding(source, signal);
  const turn = createTurns(signal, onTurn);
  let line = 0;
  let rest = '';
  for await (const piece of readPieces(source, encoding)) {
    if (piece.includes('\0')) throw new Error('It is no text.');
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longestLine) {
      throw new Error(`Its line ${formatCount(line + lines.length + 1)} is longer than ${formatCount(longestLine)}.`);
    }
    for (const text of lines) {
      onLine(text, ++line);
      await turn();
    }
    await turn();
  }
  if (rest !== '') onLine(rest, line + 1);
  await checkUnchanged(source);
}

/** By the first piece; where that is UTF-8, all of it must be. */
async function findEncoding(source: FileSource, signal: CancellationSignal | undefined): Promise<TextEncoding> {
  const head = await readBytes(source, 0, Math.min(pieceBytes, source.bytes));
  const found = detectEncoding(head, head.length === source.bytes);
  try {
    refuseBinary('', head, decodeHead(head, found));
  } catch {
    throw new Error('It is no text.');
  }
  if (found.encoding !== 'utf-8' || head.length === source.bytes) return found;
  const turn = createTurns(signal);
  for await (const piece of readPieces(source, found, invalid)) {
    if (piece === invalid) return { encoding: 'windows-1252', byteOrderMark: found.byteOrderMark };
    await turn();
  }
  return found;
}

/** No text is this: it stands for bytes that are not UTF-8. */
const invalid = '\0\0';

function decodeHead(bytes: Buffer, found: TextEncoding): string {
  const body = bytes.subarray(markLength(found));
  return decodeBytes(body.subarray(0, usableLength(body, found, false)), found.encoding);
}

/** Bytes that are whole characters. */
function usableLength(bytes: Buffer, { encoding }: TextEncoding, isLast: boolean): number {
  if (encoding === 'utf-8') return isLast ? bytes.length : completeUtf8Length(bytes);
  return bytes.length - (bytes.length % unitBytes(encoding));
}

/** The text in pieces. `instead`: what stands for a piece that is not valid UTF-8. */
async function* readPieces(source: FileSource, encoding: TextEncoding, instead?: string): AsyncGenerator<string> {
  let left: Buffer = Buffer.alloc(0);
  for (let position = markLength(encoding); position < source.bytes;) {
    const bytes = await readBytes(source, position, Math.min(pieceBytes, source.bytes - position));
    if (bytes.length === 0) return;
    position += bytes.length;
    const joined = left.length === 0 ? bytes : Buffer.concat([left, bytes]);
    const length = usableLength(joined, encoding, position >= source.bytes);
    const part = joined.subarray(0, length);
    left = Buffer.from(joined.subarray(length));
    const text = decodeBytes(part, encoding.encoding);
    yield instead !== undefined && invalidUtf8At(part, text) !== -1 ? instead : text;
  }
}
