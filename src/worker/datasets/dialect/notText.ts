import { InputError } from '../../../core/base/errors';
import { formatCount } from '../../../core/base/format';

const signatures: readonly { readonly bytes: readonly number[]; readonly name: string; readonly advice: string }[] = [
  { bytes: [0x1f, 0x8b], name: 'a gzip archive', advice: 'Unpack it first.' },
  {
    bytes: [0x50, 0x4b, 0x03, 0x04],
    name: 'a zip archive or a spreadsheet (xlsx)',
    advice: 'Unpack it and open the file or folder in it, or save the sheet as CSV.',
  },
  { bytes: [0x50, 0x41, 0x52, 0x31], name: 'a Parquet file', advice: 'Convert it to CSV.' },
  { bytes: [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], name: 'a NumPy array', advice: 'Convert it to CSV.' },
  {
    bytes: [0x89, 0x50, 0x4e, 0x47],
    name: 'a PNG picture',
    advice: 'Open the folder of the pictures, or a CSV file that lists them.',
  },
  {
    bytes: [0xff, 0xd8, 0xff],
    name: 'a JPEG picture',
    advice: 'Open the folder of the pictures, or a CSV file that lists them.',
  },
  { bytes: [0x25, 0x50, 0x44, 0x46], name: 'a PDF document', advice: 'Choose a CSV file.' },
  { bytes: [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65], name: 'an SQLite database', advice: 'Export the table as CSV.' },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], name: 'an old Office document (xls)', advice: 'Save the sheet as CSV.' },
  { bytes: [0x7f, 0x45, 0x4c, 0x46], name: 'a program', advice: 'Choose a CSV file.' },
];

/**
 * Tells text from binary data by the first bytes: known signatures, then control characters other than tab, newline and
 * the like in more than 2 % of the decoded text.
 * @throws InputError naming what the file seems to be.
 */
export function refuseBinary(path: string, head: Buffer, text: string): void {
  const details = { file: path };
  // A CSV may well begin with "PAR1"; it has no control characters.
  const binary = head.some((byte) => byte < 9);
  for (const { bytes, name, advice } of signatures) {
    if (binary && bytes.every((byte, index) => head[index] === byte)) {
      throw new InputError(`${path} is ${name}, not a text file. ${advice}`, { details });
    }
  }
  let control = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // Ctrl A and the unit separator are delimiters of some programs.
    if (
      (code < 32 && code !== 1 && code !== 9 && code !== 10 && code !== 13 && code !== 12 && code !== 0x1f) ||
      code === 127
    )
      control++;
  }
  if (text.length > 0 && control > 0.02 * text.length) {
    const share = Math.round((100 * control) / text.length);
    throw new InputError(
      `${path} is not a text file: ${share} % of its first ${formatCount(head.length)} bytes are control characters. Choose a CSV file.`,
      { details },
    );
  }
}
