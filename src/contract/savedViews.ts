import * as z from 'zod';
import { querySchema, selectionSchema } from './review';

const savedIdSchema = z.string().min(1).max(100);
const savedNameSchema = z.string().trim().min(1).max(100);

export const mostSavedViews = 100;
export const mostWorkLists = 100;

/** A question asked of the rows under a name, and how the window shows what it finds. */
export const savedViewSchema = z.object({
  id: savedIdSchema,
  name: savedNameSchema,
  query: querySchema,
  /** The window's own: columns, kinds of view. Whoever reads it checks it. */
  look: z.string().max(50_000),
});
export type SavedView = z.infer<typeof savedViewSchema>;

/** Rows put aside under a name: those there were when it was made, whatever a filter finds later. */
export const workListSchema = z.object({
  id: savedIdSchema,
  name: savedNameSchema,
  /** ISO 8601, UTC. */
  createdAt: z.string().max(100),
  rows: z.int().positive(),
  /** Of them with a decision, `later` among them. */
  decided: z.int().nonnegative(),
});
export type WorkList = z.infer<typeof workListSchema>;

/** Everything of the kind that a project keeps, each in the order in which it was made. */
export const savedSchema = z.object({
  views: z.array(savedViewSchema).max(mostSavedViews),
  lists: z.array(workListSchema).max(mostWorkLists),
});
export type Saved = z.infer<typeof savedSchema>;

/** What the window may change of it; on disk when it is answered. */
export const savedChangeSchema = z.discriminatedUnion('kind', [
  /** `id` null: a new one; else the one of this id is what is said now. */
  z.object({
    kind: z.literal('save-view'),
    id: savedIdSchema.nullable(),
    name: savedNameSchema,
    query: querySchema,
    look: savedViewSchema.shape.look,
  }),
  z.object({ kind: z.literal('delete-view'), id: savedIdSchema }),
  z.object({ kind: z.literal('make-list'), name: savedNameSchema, selection: selectionSchema }),
  z.object({ kind: z.literal('rename-list'), id: savedIdSchema, name: savedNameSchema }),
  z.object({ kind: z.literal('delete-list'), id: savedIdSchema }),
]);
export type SavedChange = z.infer<typeof savedChangeSchema>;
