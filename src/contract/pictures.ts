import * as z from 'zod';
import { rowSchema } from './dataset';

/** Rows whose pictures may be asked for at once, and sides in pixels: an answer has 4 MB at most. */
const mostPictures = 100;
const longestSide = 1024;
const mostBytes = 4_000_000;

/** The pictures of some rows, each with its longest side at most `side`; smaller ones are not made larger. */
export const pictureQuestionSchema = z
  .object({ rows: z.array(rowSchema).min(1).max(mostPictures), side: z.int().min(8).max(longestSide) })
  .refine(({ rows, side }) => rows.length * 3 * side ** 2 <= mostBytes, 'Fewer or smaller pictures can be asked for.');

const sideSchema = z.int().positive().max(65_535);

/** What a picture is drawn from: red, green and blue of each pixel, row by row. */
export const pictureSchema = z.discriminatedUnion('kind', [
  z
    .object({
      kind: z.literal('picture'),
      /** Of the picture in its file. */
      width: sideSchema,
      height: sideSchema,
      pixels: z.object({
        width: z.int().positive().max(longestSide),
        height: z.int().positive().max(longestSide),
        data: z.custom<Uint8Array>((data) => data instanceof Uint8Array, 'No bytes.'),
      }),
    })
    .refine(
      ({ pixels: { width, height, data } }) => data.length === 3 * width * height,
      'Not as many bytes as pixels.',
    ),
  /** It cannot be shown; why, in a sentence. */
  z.object({ kind: z.literal('problem'), problem: z.string() }),
]);
export type Picture = z.infer<typeof pictureSchema>;
