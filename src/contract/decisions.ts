import * as z from 'zod';
import { mostRows, rowSchema } from './dataset';
import { decisionSchema } from './review';

/** Decisions that were made elsewhere, read from a file into the project. */

/**
 * What a file says · decisions: what Assay exports as decisions.csv · removal: rows that are to go, one a line ·
 * labels: rows and the label each should have · issues: label issues as cleanlab and Assay write them.
 */
export const decisionFileKinds = ['decisions', 'removal', 'labels', 'issues'] as const;
const fileKindSchema = z.enum(decisionFileKinds);
export type DecisionFileKind = z.infer<typeof fileKindSchema>;

/** A column of the file by its place; null: none. */
const columnSchema = z.int().min(0).max(100_000).nullable();

/** How a file is read; whatever is left out is guessed. */
export const readingChoiceSchema = z.object({
  kind: fileKindSchema.optional(),
  /** How its rows are named: by id, by number counted from 0, or each line is the row of its place. */
  by: z.enum(['id', 'row', 'place']).optional(),
  /** The column with the ids or numbers. */
  names: columnSchema.optional(),
  label: columnSchema.optional(),
  note: columnSchema.optional(),
  /** What a label issue becomes: a flag for later, or the predicted label. */
  issuesAs: z.enum(['later', 'relabel']).optional(),
});
export type ReadingChoice = z.infer<typeof readingChoiceSchema>;

/** How a file is read, every part of it. */
const fileReadingSchema = readingChoiceSchema.required();
export type FileReading = z.infer<typeof fileReadingSchema>;

/**
 * applied: the row had no decision of its own · same: nothing would change · conflict: the row is decided otherwise
 * here · changed: the row has other cells here than there · several: more than one row here could be meant · gone: no
 * such row here · unreadable: what is wrong is told.
 */
export const importGroups = ['applied', 'same', 'conflict', 'changed', 'several', 'gone', 'unreadable'] as const;
export const importGroupSchema = z.enum(importGroups);
export type ImportGroup = z.infer<typeof importGroupSchema>;

export const importPreviewSchema = z.object({
  /** Names the preview in what follows. */
  importId: z.string(),
  fileName: z.string(),
  /** Names of the file's columns; empty where it has no header. */
  header: z.array(z.string()),
  /** How it was read. */
  reading: fileReadingSchema,
  /** Lines that say something of a row. */
  lines: z.int().nonnegative(),
  /** Lines without a decision, a label or a note. */
  blank: z.int().nonnegative(),
  counts: z.record(importGroupSchema, z.int().nonnegative()),
});
export type ImportPreview = z.infer<typeof importPreviewSchema>;

export const statedSchema = z.object({
  decision: decisionSchema.nullable(),
  note: z.string(),
  reviewer: z.string(),
  time: z.string(),
});
export type StatedReview = z.infer<typeof statedSchema>;

export const importItemSchema = z.object({
  /** Its place among all of the preview. */
  index: z.int().nonnegative(),
  group: importGroupSchema,
  /** Of the file, counted from 1. */
  line: z.int().positive(),
  /** null: none was found. */
  row: rowSchema.nullable(),
  /** How the file names the row. */
  name: z.string(),
  givenLabel: z.string(),
  theirs: statedSchema.nullable(),
  /** What is decided here; null: nothing. */
  ours: statedSchema.nullable(),
  /** What is wrong, and what to do; '' where nothing is. */
  problem: z.string(),
});
export type ImportItem = z.infer<typeof importItemSchema>;

export const importChoiceSchema = z.object({
  /** Whose decision counts where both have one. */
  conflicts: z.enum(['theirs', 'ours']),
  /** Items of the groups conflict and changed for which it is the other way round, by index. */
  except: z.array(z.int().min(0).max(mostRows)).max(200_000),
  /** Take what is said of rows that have changed since. */
  changed: z.boolean(),
});
export type ImportChoice = z.infer<typeof importChoiceSchema>;
