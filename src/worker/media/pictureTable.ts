import { thumbnailPixels } from '../../core/media/nearPictures';
import type { PictureFacts } from '../../core/media/pictureIssues';
import { lookNumbers, type PictureLook, readLook } from '../pictures/pictureLook';

const measures = ['width', 'height', 'brightest', 'darkest', 'entropy', 'sharpness', 'colour'] as const;
const noThumbnail = new Uint8Array(thumbnailPixels);

/** What was measured of all pictures of an audit, block by block in row order: some 400 bytes a picture. */
export class PictureTable {
  readonly #looks: (PictureLook | null)[] = [];
  #columns = 1;

  /** `looks` as {@link readLook} reads them, NaN for pictures that could not be read; `columns` of each row. */
  append(looks: Float32Array, columns: number): void {
    this.#columns = columns;
    for (let at = 0; at < looks.length; at += lookNumbers) {
      this.#looks.push(Number.isNaN(looks[at]) ? null : readLook(looks, at));
    }
  }

  /** Everything so far. */
  read(): PictureFacts {
    const looks = this.#looks;
    const thumbnails = new Uint8Array(looks.length * thumbnailPixels);
    looks.forEach((look, k) => thumbnails.set(look?.thumbnail ?? noThumbnail, k * thumbnailPixels));
    const columnOf = (name: (typeof measures)[number]): Float64Array =>
      Float64Array.from(looks, (look) => look?.[name] ?? Number.NaN);
    // Each measure has its entry.
    const numbers = Object.fromEntries(measures.map((name) => [name, columnOf(name)])) as Record<
      (typeof measures)[number],
      Float64Array
    >;
    return { columns: this.#columns, ...numbers, contents: looks.map((look) => look?.contents ?? ''), thumbnails };
  }
}
