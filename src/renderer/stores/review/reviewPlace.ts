import * as z from 'zod';
import type { Query } from '../../../contract/review';
import { querySchema } from '../../../contract/review';
import { layoutSchema, standardLayout } from './layoutModel';

/** A column's width in CSS pixels and whether it shows, as a person left it. */
export const columnLayoutSchema = z.object({ key: z.string(), width: z.number(), shown: z.boolean() });
export type ColumnLayout = z.infer<typeof columnLayoutSchema>;

const placeSchema = z.object({
  version: z.literal(1),
  query: querySchema,
  /** The focused row, by its number in the file; null = none. */
  focusRow: z.int().nonnegative().nullable(),
  /** Distance in CSS pixels between the top of the rows and the top of the table's window. */
  offset: z.number().nonnegative(),
  columns: z.array(columnLayoutSchema).max(100),
  evidenceOpen: z.boolean(),
  /** Earlier versions had the table alone. */
  layout: layoutSchema.default(standardLayout),
});

/** Where a reviewer stopped: kept in the project, so that it opens there again. */
export type ReviewPlace = z.infer<typeof placeSchema>;

export function writePlace(place: ReviewPlace): string {
  return JSON.stringify(place);
}

/** The place written by {@link writePlace}; null for anything else (a first opening, another version, damage). */
export function readPlace(text: string): ReviewPlace | null {
  if (text === '') return null;
  try {
    const parsed = placeSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Whether two queries ask the same. */
export function sameQuery(one: Query, other: Query): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
