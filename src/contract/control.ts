import * as z from 'zod';
import { grantSchema } from './project';
import { reviewerSchema } from './shell';

/**
 * What main and the engine say to each other over the utility process's own channel; a port for the window may come
 * along.
 */

const grantAccessSchema = z.enum(['source', 'project', 'export', 'encoder', 'embeddings', 'decisions']);
export type GrantAccess = z.infer<typeof grantAccessSchema>;

/** Longer than any system's paths. */
const pathSchema = z.string().min(1).max(70_000);

const printIdSchema = z.int().nonnegative();
/** Of the report: 400 pictures of some 10 KB, and what people wrote. */
const longestPage = 100_000_000;

export const mainToEngineSchema = z.discriminatedUnion('kind', [
  /** Allows a path: from now on the window may name it by `grant`. */
  z.object({ kind: z.literal('grant'), grant: grantSchema, path: pathSchema, access: grantAccessSchema }),
  /** A port to a window comes with this message. */
  z.object({ kind: z.literal('port') }),
  z.object({ kind: z.literal('reviewer'), name: reviewerSchema }),
  /** What was printed: a PDF file; or why nothing was. */
  z.object({ kind: z.literal('printed'), id: printIdSchema, pdf: z.instanceof(Uint8Array) }),
  z.object({ kind: z.literal('notPrinted'), id: printIdSchema, problem: z.string().max(10_000) }),
  /** Finish writing, close the project, exit. */
  z.object({ kind: z.literal('shutdown') }),
]);
export type MainToEngine = z.infer<typeof mainToEngineSchema>;

export const engineToMainSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  /** The open project as the recent list should show it; sent whenever it changes. */
  z.object({
    kind: z.literal('project'),
    folder: pathSchema,
    name: z.string().max(10_000),
    rows: z.int().nonnegative(),
    decided: z.int().nonnegative(),
    pending: z.int().nonnegative(),
    exported: z.boolean(),
  }),
  /** Print this page as a PDF file. */
  z.object({ kind: z.literal('print'), id: printIdSchema, page: z.string().max(longestPage) }),
  /** No project is open any more. */
  z.object({ kind: z.literal('closed') }),
]);
export type EngineToMain = z.infer<typeof engineToMainSchema>;

/** What main hands the engine when it starts it, as one JSON argument. */
export const engineOptionsSchema = z.object({
  version: z.string(),
  projectsFolder: pathSchema,
  reviewer: reviewerSchema,
});
export type EngineOptions = z.infer<typeof engineOptionsSchema>;

export type ProjectNews = Omit<Extract<EngineToMain, { kind: 'project' }>, 'kind'>;
