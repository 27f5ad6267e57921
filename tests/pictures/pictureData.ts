import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

interface GoldenPicture {
  readonly name: string;
  readonly kind: string;
  /** As shown. */
  readonly width: number;
  readonly height: number;
  /** Levels that a decoder may differ by. */
  readonly tolerance: number;
  readonly bytes: string;
  readonly rgb: string;
}

interface GoldenData {
  readonly pictures: readonly GoldenPicture[];
  readonly resized: readonly {
    readonly width: number;
    readonly height: number;
    readonly rgb: string;
    readonly to: readonly [number, number];
    readonly whole: string;
    readonly covered: string;
  }[];
  readonly thumbnail: {
    readonly bytes: string;
    readonly width: number;
    readonly height: number;
    readonly rgb: string;
  };
}

/** What Pillow made of small pictures: see make_pictures.py. */
export const golden = JSON.parse(readFileSync(resolve(__dirname, 'pictures.json'), 'utf8')) as GoldenData;

export const decode64 = (text: string): Buffer => Buffer.from(text, 'base64');

export const goldenFile = (name: string): Buffer => {
  const picture = golden.pictures.find((one) => one.name === name);
  if (picture === undefined) throw new Error(`There is no picture ${name}.`);
  return decode64(picture.bytes);
};

/** The largest difference of two levels of pictures of one size. */
export function largestDifference(one: Uint8Array, other: Uint8Array): number {
  expectSameLength(one, other);
  return one.reduce((most, value, k) => Math.max(most, Math.abs(value - (other[k] ?? 0))), 0);
}

export function meanDifference(one: Uint8Array, other: Uint8Array): number {
  expectSameLength(one, other);
  return one.reduce((sum, value, k) => sum + Math.abs(value - (other[k] ?? 0)), 0) / one.length;
}

function expectSameLength(one: Uint8Array, other: Uint8Array): void {
  if (one.length !== other.length) throw new Error(`${one.length} bytes and not ${other.length}`);
}
