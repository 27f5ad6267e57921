import * as z from 'zod';
import { mostRows } from './dataset';
import { numberColumns } from './review';

/** Rows of the largest dataset that is drawn as a map: an answer holds two numbers of four bytes for each. */
export const mostMapRows = 2_000_000;

/**
 * Where the rows of a map stand: along the two widest directions of their features, among their neighbours, or by two
 * columns of numbers (by their places in the file).
 */
export const mapLayoutSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('pca') }),
  z.object({ kind: z.literal('umap') }),
  z.object({ kind: z.literal('columns'), x: z.int().min(0).max(mostRows), y: z.int().min(0).max(mostRows) }),
]);
export type MapLayout = z.infer<typeof mapLayoutSchema>;

const floatsSchema = z.custom<Float32Array>((data) => data instanceof Float32Array, 'No numbers in single precision.');

export const mapPlacesSchema = z.object({
  /** x and y of every row by its number, one pair behind the other; NaN: the row has no place. */
  xy: floatsSchema,
  /** Of `pca`: the share of the features' variance that the two directions hold, 0 to 1; null for others. */
  varianceShare: z.number().min(0).max(1).nullable(),
});
export type MapPlaces = z.infer<typeof mapPlacesSchema>;

/** What the rows of a map are coloured by: words, or any column of numbers. */
export const mapWords = ['given_label', 'suggested_label', 'decision', 'split'] as const;
export const mapColourSchema = z.enum([...mapWords, ...numberColumns]);
export type MapColour = z.infer<typeof mapColourSchema>;

export const mapValuesSchema = z.object({
  /** One for every row by its number; NaN: it has none. */
  values: floatsSchema,
  /** What the values mean, by value, where they stand for words; null where they are numbers. */
  names: z.array(z.string()).nullable(),
});
export type MapValues = z.infer<typeof mapValuesSchema>;
