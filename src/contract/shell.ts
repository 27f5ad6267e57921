import * as z from 'zod';
import { grantSchema } from './project';

/** What the window asks of the main process (dialogs, settings, recent projects); never data. */

export const reviewerSchema = z.string().max(100);

export const settingsSchema = z.object({
  theme: z.enum(['system', 'light', 'dark', 'contrast']).default('system'),
  /** Name written beside each decision. */
  reviewer: reviewerSchema.default(''),
  /** After a decision, move to the next pending row. */
  advance: z.boolean().default(true),
  /** The outdated Electron that the person has been told of and wants to hear no more about. */
  toldOutdated: z.string().max(100).default(''),
  /** The tour of the first run was taken or declined. */
  toured: z.boolean().default(false),
});
export type Settings = z.infer<typeof settingsSchema>;

/** A path the person chose, as the window may know it: an opaque grant and a text to show. */
const grantedPathSchema = z.object({ grant: grantSchema, display: z.string() });
export type GrantedPath = z.infer<typeof grantedPathSchema>;

const recentProjectSchema = z.object({
  id: z.string(),
  name: z.string(),
  rows: z.int().nonnegative(),
  decided: z.int().nonnegative(),
  pending: z.int().nonnegative(),
  exported: z.boolean(),
  openedAt: z.string(),
  /** False when the folder is gone. */
  available: z.boolean(),
});
export type RecentProject = z.infer<typeof recentProjectSchema>;

const sampleIdSchema = z.enum(['digits', 'credit', 'reviews', 'fashion']);
const sampleSchema = z.object({ id: sampleIdSchema, title: z.string(), description: z.string() });
export type Sample = z.infer<typeof sampleSchema>;

const engineStateSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('starting') }),
  z.object({ kind: z.literal('running') }),
  /** It died and is being started again. */
  z.object({ kind: z.literal('restarting'), message: z.string() }),
  /** It died too often: the person decides. */
  z.object({ kind: z.literal('failed'), message: z.string() }),
]);
export type EngineState = z.infer<typeof engineStateSchema>;

const none = z.object({});
const recentIdSchema = z.string().max(64);

export const shellMethods = {
  pickSource: { params: none, result: grantedPathSchema.nullable() },
  /** A folder of pictures or texts. */
  pickFolder: { params: none, result: grantedPathSchema.nullable() },
  pickProject: { params: none, result: grantedPathSchema.nullable() },
  /** A network that makes vectors of texts or of pictures. */
  pickEncoder: { params: none, result: grantedPathSchema.nullable() },
  pickEmbeddings: { params: none, result: grantedPathSchema.nullable() },
  /** A file with decisions, or a list of rows. */
  pickDecisions: { params: none, result: grantedPathSchema.nullable() },
  pickExportFolder: { params: none, result: grantedPathSchema.nullable() },
  openSample: { params: z.object({ id: sampleIdSchema }), result: grantedPathSchema },
  samples: { params: none, result: z.array(sampleSchema) },
  recentProjects: { params: none, result: z.array(recentProjectSchema) },
  openRecent: { params: z.object({ id: recentIdSchema }), result: grantedPathSchema },
  forgetRecent: { params: z.object({ id: recentIdSchema }), result: none },
  /** Shows the folder of the last export in the file manager. */
  showExportFolder: { params: none, result: none },
  settings: { params: none, result: settingsSchema },
  saveSettings: { params: settingsSchema, result: settingsSchema },
  restartEngine: { params: none, result: none },
  copyText: { params: z.object({ text: z.string().max(50_000_000) }), result: none },
} as const;

export type ShellMethod = keyof typeof shellMethods;
export type ShellParams<M extends ShellMethod> = z.input<(typeof shellMethods)[M]['params']>;
export type ShellResult<M extends ShellMethod> = z.output<(typeof shellMethods)[M]['result']>;

/** What main says unasked: commands of the menu, a dropped file, the engine's state. */
export const shellEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('engine'), state: engineStateSchema }),
  /** A file or folder was dropped on the window or given on the command line. */
  z.object({ kind: z.literal('open'), path: grantedPathSchema, what: z.enum(['source', 'project']) }),
  z.object({
    kind: z.literal('command'),
    command: z.enum([
      'open',
      'open-folder',
      'open-project',
      'undo',
      'redo',
      'help',
      'about',
      'palette',
      'settings',
      'export',
      'home',
    ]),
  }),
]);
export type ShellEvent = z.infer<typeof shellEventSchema>;

/**
 * What the preload script puts on `window.assay`. A MessagePort to the engine arrives separately: a `message` event on
 * `window` whose data is `{ assay: 'engine-port' }` and whose `ports[0]` is the port; a new one after each restart.
 */
export interface ShellBridge {
  /** Calls a shell method; main validates the parameters. Resolves to a Result (see result.ts). */
  call(method: ShellMethod, params: unknown): Promise<unknown>;
  /** @returns a function that stops listening. */
  onEvent(listener: (event: unknown) => void): () => void;
  /** Asks main for a port to the engine (again). */
  requestEnginePort(): void;
}
