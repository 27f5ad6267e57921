import * as z from 'zod';
import { mapColourSchema, mapLayoutSchema } from '../../../contract/map';

/** Views of the same rows. */
const reviewViewNames = ['table', 'gallery', 'map', 'matrix'] as const;
export type ReviewViewName = (typeof reviewViewNames)[number];

/** Sizes of a card in the gallery, CSS pixels. */
export const leastCard = 80;
export const mostCard = 256;

/** Columns in the pane of facets. */
export const mostFacets = 12;

const mapChoiceSchema = z.object({
  layout: mapLayoutSchema,
  /** null: what suits the labels. */
  colour: mapColourSchema.nullable(),
});
export type MapChoice = z.infer<typeof mapChoiceSchema>;
const standardMap: MapChoice = { layout: { kind: 'pca' }, colour: null };

/** The pane of facets: whether it is open, and the columns of the data in it by their places, from the top. */
const facetsSchema = z.object({ open: z.boolean(), columns: z.array(z.int().nonnegative()).max(mostFacets) });
const noFacets: z.infer<typeof facetsSchema> = { open: false, columns: [] };

export const layoutSchema = z.object({
  /** One, or two from left to right. */
  views: z.union([z.tuple([z.enum(reviewViewNames)]), z.tuple([z.enum(reviewViewNames), z.enum(reviewViewNames)])]),
  /** Of the left one of two views. */
  share: z.number().min(0.2).max(0.8),
  /** Width of a card in CSS pixels; null: what suits the data. */
  cardSize: z.number().min(leastCard).max(mostCard).nullable(),
  /** In CSS pixels; null: as usual. */
  evidenceWidth: z.number().positive().max(10_000).nullable(),
  /** Earlier versions had no map. */
  map: mapChoiceSchema.default(standardMap),
  /** Nor facets. */
  facets: facetsSchema.default(noFacets),
  /** Parts of the evidence that are folded away. */
  folded: z.array(z.string().max(40)).max(20).default([]),
});
export type KeptLayout = z.infer<typeof layoutSchema>;

export const standardLayout: KeptLayout = {
  views: ['table'],
  share: 0.5,
  cardSize: null,
  evidenceWidth: null,
  map: standardMap,
  facets: noFacets,
  folded: [],
};

/** The views after one is asked for: it takes the place of the active one. */
export function showView(
  views: KeptLayout['views'],
  wanted: ReviewViewName,
  active: ReviewViewName,
): KeptLayout['views'] {
  if (views.some((view) => view === wanted)) return views;
  const [first, second] = views;
  if (second === undefined) return [wanted];
  return first === active ? [wanted, second] : [first, wanted];
}

/** The views after "side by side" was pressed: a second one beside the only one, or the active one alone. */
export function showBeside(views: KeptLayout['views'], active: ReviewViewName): KeptLayout['views'] {
  const [first, second] = views;
  if (second !== undefined) return [second === active ? second : first];
  return first === 'table' ? ['table', 'gallery'] : ['table', first];
}
