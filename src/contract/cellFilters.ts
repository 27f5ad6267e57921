import * as z from 'zod';
import { rowSchema } from './dataset';

/** Longer cells are named by a row that has them: a list of them must not outgrow a message. */
export const longestValue = 1_000;
/** Characters of a longer cell that stand for it. */
export const shownOfLong = 100;

/** A cell as the file has it, or, where it is longer than {@link longestValue}, a row that has it and how it begins. */
const cellValueSchema = z.union([
  z.string().max(longestValue),
  z.object({ row: rowSchema, begins: z.string().max(2 * shownOfLong) }),
]);
export type CellValue = z.infer<typeof cellValueSchema>;

/** 0-based place of a column in the file. */
const columnIndexSchema = z.int().min(0).max(200_000);

const textMatches = ['contains', 'word', 'expression'] as const;
export type TextMatch = (typeof textMatches)[number];

/** Whether rows that a filter does not let through are meant instead. Left out: no. */
export const invertedPart = { inverted: z.boolean().exactOptional() };

/** Filters over columns of the data. Cells are compared as the file has them: “007” is not “7”. */
export const cellFilterSchemas = [
  z.object({
    ...invertedPart,
    kind: z.literal('cells'),
    column: columnIndexSchema,
    values: z.array(cellValueSchema).min(1).max(1_000),
  }),
  /** Numbers as the column is read (units and decimal marks known), or days since 1970-01-01 UTC. Both ends count. */
  z.object({
    ...invertedPart,
    kind: z.literal('cell-range'),
    column: columnIndexSchema,
    min: z.number().nullable(),
    max: z.number().nullable(),
  }),
  /**
   * contains: anywhere in the cell · word: with no letter, digit or _ beside it · expression: a regular expression as
   * RE2 reads it, in linear time. Case is ignored in each.
   */
  z.object({
    ...invertedPart,
    kind: z.literal('cell-text'),
    column: columnIndexSchema,
    match: z.enum(textMatches),
    text: z.string().min(1).max(1_000),
  }),
  /** Blank, a usual marker (NA, null, …), or one that was said of the file. */
  z.object({ ...invertedPart, kind: z.literal('cell-missing'), column: columnIndexSchema }),
] as const;

/** How many of a column's values are asked for at a time. */
export const facetValues = 50;

export const facetQuestionParts = {
  column: columnIndexSchema,
  /** Only values that contain it, case ignored; '' = all. */
  find: z.string().max(1_000),
  limit: z.int().min(1).max(500),
};

const countSchema = z.int().nonnegative();

/** The values of a column among the rows of a query, its own filters on the column left out. */
export const cellFacetSchema = z.object({
  /** Most frequent first, then as they first occur in the file. */
  values: z.array(z.object({ value: cellValueSchema, count: countSchema })),
  /** Different values that were asked for, those listed among them. */
  distinct: countSchema,
  /** Rows of the query, and those of them whose cell is missing. */
  rows: countSchema,
  missing: countSchema,
});
export type CellFacet = z.infer<typeof cellFacetSchema>;

/** How a column of numbers or dates is spread: all rows of the data beside those of a query. */
export const cellSpreadSchema = z.object({
  low: z.number(),
  high: z.number(),
  /** Rows per bin of equal width from `low` to `high`. */
  all: z.array(countSchema),
  shown: z.array(countSchema),
  /** Rows of the query, those whose cell is missing, and those whose cell is something else than a number or date. */
  rows: countSchema,
  missing: countSchema,
  unread: countSchema,
});
export type CellSpread = z.infer<typeof cellSpreadSchema>;
