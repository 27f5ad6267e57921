import { InputError } from '../../core/base/errors';

/** What is read as a picture. */
export type PictureKind = 'png' | 'jpeg' | 'webp' | 'gif' | 'bmp';

interface Signature {
  readonly at: number;
  readonly bytes: readonly number[];
}

const latin = (at: number, text: string): Signature => ({ at, bytes: [...Buffer.from(text, 'latin1')] });

const kinds: readonly { readonly kind: PictureKind; readonly signatures: readonly Signature[] }[] = [
  { kind: 'png', signatures: [latin(0, '\x89PNG\r\n\x1a\n')] },
  { kind: 'jpeg', signatures: [{ at: 0, bytes: [0xff, 0xd8, 0xff] }] },
  { kind: 'webp', signatures: [latin(0, 'RIFF'), latin(8, 'WEBP')] },
  { kind: 'gif', signatures: [latin(0, 'GIF8'), latin(5, 'a')] },
  { kind: 'bmp', signatures: [latin(0, 'BM')] },
];

/** Files that are met among pictures, whatever they are named. */
const others: readonly { readonly name: string; readonly signatures: readonly Signature[] }[] = [
  { name: 'a TIFF picture', signatures: [latin(0, 'II*\0')] },
  { name: 'a TIFF picture', signatures: [latin(0, 'MM\0*')] },
  { name: 'an AVIF picture', signatures: [latin(4, 'ftypavi')] },
  { name: 'a HEIC picture', signatures: [latin(4, 'ftyphei')] },
  { name: 'a HEIC picture', signatures: [latin(4, 'ftypmif1')] },
  { name: 'a video', signatures: [latin(4, 'ftyp')] },
  { name: 'a JPEG XL picture', signatures: [{ at: 0, bytes: [0xff, 0x0a] }] },
  { name: 'a JPEG XL picture', signatures: [latin(4, 'JXL ')] },
  { name: 'a Photoshop picture', signatures: [latin(0, '8BPS')] },
  { name: 'an icon', signatures: [{ at: 0, bytes: [0, 0, 1, 0] }] },
  { name: 'a PDF document', signatures: [latin(0, '%PDF')] },
  { name: 'a zip archive', signatures: [latin(0, 'PK\x03\x04')] },
  { name: 'a pointer of Git LFS, not the picture itself', signatures: [latin(0, 'version https://git-lfs')] },
];

const readKinds = 'PNG, JPEG, WebP, GIF and BMP are read.';

/**
 * What a file is, by its first bytes; its name says nothing.
 * @throws InputError when it is no picture that is read: what it is, where that is known.
 */
export function pictureKindOf(bytes: Buffer): PictureKind {
  const found = kinds.find(({ signatures }) => signatures.every((signature) => matches(bytes, signature)));
  if (found !== undefined) return found.kind;
  throw new InputError(`The file is ${describeOther(bytes)}; ${readKinds}`);
}

function describeOther(bytes: Buffer): string {
  const other = others.find(({ signatures }) => signatures.every((signature) => matches(bytes, signature)));
  if (other !== undefined) return other.name;
  const text = bytes
    .toString('latin1', 0, 1024)
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
    .toLowerCase();
  if (text.startsWith('<svg') || (text.startsWith('<?xml') && text.includes('<svg'))) return 'an SVG drawing';
  if (/^<(!doctype html|html|head|body|script)/.test(text)) return 'a web page';
  return 'no picture';
}

function matches(bytes: Buffer, { at, bytes: wanted }: Signature): boolean {
  return wanted.every((byte, k) => bytes[at + k] === byte);
}
