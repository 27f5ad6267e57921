import type { PictureKind } from '../pictureKinds';

/** What a file says about its picture before its pixels. */
export interface PictureHeader {
  readonly kind: PictureKind;
  /** Pixels as they are stored: before the orientation is applied. */
  readonly width: number;
  readonly height: number;
  /** Whether pixels may be transparent. */
  readonly alpha: boolean;
  readonly animated: boolean;
  /** How the stored picture has to be turned; null where nothing is said. */
  readonly orientation: Orientation | null;
}

/** EXIF's tag 0x0112. */
export interface Orientation {
  /** 1–8; 1: as it is stored. */
  readonly value: number;
  /** Where the value's one byte that counts stands in the file. */
  readonly at: number;
}
