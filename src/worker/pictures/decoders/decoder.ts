import type { PictureHeader } from '../headers/pictureHeader';
import type { Pixels } from '../pixels';

/** Something that decodes pictures, without applying their orientation. */
export interface PictureDecoder {
  /** Whether it decodes pictures like this one as they should be. */
  takes(header: PictureHeader): boolean;
  /**
   * At least as large in both directions as `least` asks for, where the picture is: a decoder may give less than all
   * pixels where that is faster.
   * @throws Error in the decoder's own words when the file is damaged.
   */
  decode(bytes: Buffer, header: PictureHeader, least: Least): Promise<Pixels>;
}

/** Pixels that are needed in each direction. */
export interface Least {
  readonly width: number;
  readonly height: number;
}
