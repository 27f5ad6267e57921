import { createHash } from 'node:crypto';
import { formatCount } from '../../../core/base/format';
import { refuseBinary } from '../dialect/notText';
import { completeUtf8Length, decodeBytes, detectEncoding, markLength, unitBytes } from '../records/encodings';

/** What is read of a text: a mail with large attachments is known by its beginning. */
export const longestText = 256 * 1024;

const shortestUtf16 = 32;

/** The text of a file, or why there is none. `trouble`: what is to be known of it besides. */
interface FileText {
  readonly text: string;
  readonly sha256: string;
  readonly trouble: string | null;
}

/** The text in the first bytes of a file of so many, of any encoding that Assay tells. */
export function readText(read: Buffer, bytes: number): FileText {
  const sha256 = createHash('sha256').update(read).digest('hex');
  const text = decodeText(read, bytes <= longestText);
  if (text === null) return { text: '', sha256, trouble: 'is no text: it holds bytes that no text has' };
  const trouble =
    bytes > longestText
      ? `is read up to its first ${formatCount(longestText)} bytes of ${formatCount(bytes)}`
      : text.trim() === ''
        ? 'holds no text'
        : null;
  return { text, sha256, trouble };
}

/** The text of bytes; null where they are none. */
export function decodeText(bytes: Buffer, isWhole: boolean): string | null {
  const found = detectEncoding(bytes, isWhole);
  const unit = unitBytes(found.encoding);
  // A few bytes with zeros among them are no UTF-16 that does not say so.
  if (unit === 2 && !found.byteOrderMark && bytes.length < shortestUtf16) return null;
  const body = bytes.subarray(markLength(found));
  const whole =
    isWhole || found.encoding === 'windows-1252'
      ? body.length
      : found.encoding === 'utf-8'
        ? completeUtf8Length(body)
        : body.length;
  const text = decodeBytes(body.subarray(0, whole - (whole % unit)), found.encoding);
  try {
    refuseBinary('', bytes, text);
  } catch {
    return null;
  }
  // A NUL is in no text, however rare it is among the rest.
  return text.includes('\0') ? null : text;
}
