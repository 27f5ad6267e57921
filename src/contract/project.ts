import * as z from 'zod';
import { auditSummarySchema } from './audit';
import { datasetSummarySchema, previewSchema } from './dataset';
import { jobSnapshotSchema } from './jobs';

/** A path that a dialog, a drop, the recent list or the command line has allowed; the window never names paths. */
export const grantSchema = z.string().min(8).max(64);

export const engineInfoSchema = z.object({
  version: z.string(),
  backend: z.object({
    name: z.enum(['native', 'wasm', 'float64']),
    description: z.string(),
    /** Why not a better one; '' when it is the best. */
    reason: z.string(),
  }),
  /** Names of the encoders of texts and pictures, null where there is none, and where their vectors are kept. */
  encoders: z.object({
    text: z.string().nullable(),
    pictures: z.string().nullable(),
    vectorsFolder: z.string(),
    vectorsBytes: z.number().nonnegative(),
  }),
  /** Where small pictures are kept, and how much there is. */
  thumbnails: z.object({ folder: z.string(), bytes: z.number().nonnegative() }),
  runtime: z.object({
    node: z.string(),
    electron: z.string().nullable(),
    chrome: z.string().nullable(),
    /** Where the Electron runtime came from: official, wheel, override; null when unknown. */
    electronSource: z.string().nullable(),
    /** Version of the Electron that set-up found: what opens the window, also when asked from the command line. */
    electronFound: z.string().nullable(),
    /** Said when the window's Electron gets no security fixes any more, with what to do; null while it does. */
    outdated: z.string().nullable(),
    tensorflowSource: z.string().nullable(),
    platform: z.string(),
    cpus: z.int(),
    memoryBytes: z.number(),
  }),
});
export type EngineInfo = z.infer<typeof engineInfoSchema>;

/** An open project. `place` is where the analyst stopped: the screen to show. */
export const openedProjectSchema = z.object({
  /** Names this opening of the project: every question that follows says which opening it is about. */
  opening: z.string().min(1).max(64),
  name: z.string(),
  folder: z.string(),
  place: z.enum(['data', 'audit', 'review']),
  preview: previewSchema,
  dataset: datasetSummarySchema,
  audit: auditSummarySchema.nullable(),
  /** Jobs of this project that are queued or running. */
  jobs: z.array(jobSnapshotSchema),
  /** What the window saved with `project.saveView`: opaque text; '' at first. */
  view: z.string(),
  /** Said when something was mended or lost on opening: "The last audit was interrupted; run it again." */
  notice: z.string(),
});
export type OpenedProject = z.infer<typeof openedProjectSchema>;
