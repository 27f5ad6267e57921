import * as z from 'zod';
import type { EngineEvent, EngineMethod } from './engineApi';
import { answerBounds, isWithinBounds, questionBounds } from './messageBounds';
import type { Result } from './result';

/**
 * The two sides of the MessagePort between window and engine, as birpc sees them (structured clone, no transfer lists).
 * Values are checked at the receiving side: the envelope here, before birpc looks into it; parameters by the engine;
 * answers and events by the window.
 */
export interface EngineWire {
  /**
   * `about`: the opening that the question is about ({@link OpenedProject.opening}); null when none is open in the
   * window.
   */
  call(method: EngineMethod, params: unknown, about: string | null): Promise<Result<unknown>>;
}

export interface WindowWire {
  event(event: EngineEvent): void;
}

/** Questions that may be under way at once: a window that asks more is out of order. */
export const mostQuestions = 1_000;

const idSchema = z.string().min(1).max(64);

/** A question as birpc sends it. */
const questionFrameSchema = z.object({
  t: z.literal('q'),
  i: idSchema,
  m: z.literal('call'),
  a: z.tuple([z.string().min(1).max(100), z.unknown(), z.string().max(64).nullable()]),
});
type QuestionFrame = z.infer<typeof questionFrameSchema>;

/** An answer as birpc sends it; `e` is an error of birpc's own (errors of the engine are values). */
const answerFrameSchema = z.object({
  t: z.literal('s'),
  i: idSchema,
  r: z.unknown().optional(),
  e: z.unknown().optional(),
});
const eventFrameSchema = z.object({ t: z.literal('q'), m: z.literal('event'), a: z.tuple([z.unknown()]) });
const windowFrameSchema = z.discriminatedUnion('t', [answerFrameSchema, eventFrameSchema]);
type WindowFrame = z.infer<typeof windowFrameSchema>;

/** What arrived at the engine: a question, or something else, with the id under which it can be told so. */
type ReceivedQuestion =
  | { readonly kind: 'question'; readonly frame: QuestionFrame }
  | { readonly kind: 'refused'; readonly id: string | null; readonly reason: string };

export function readQuestion(data: unknown): ReceivedQuestion {
  const id = readId(data, 'q');
  if (!isWithinBounds(data, questionBounds)) {
    return { kind: 'refused', id, reason: 'The message is too large, or holds what no question holds.' };
  }
  const frame = questionFrameSchema.safeParse(data);
  return frame.success
    ? { kind: 'question', frame: frame.data }
    : { kind: 'refused', id, reason: 'The message is not a question.' };
}

/**
 * What arrived at the window: an answer or an event, or something else, with the id of the question it would answer.
 */
type ReceivedByWindow =
  { readonly kind: 'frame'; readonly frame: WindowFrame } | { readonly kind: 'refused'; readonly id: string | null };

export function readWindowFrame(data: unknown): ReceivedByWindow {
  const refused = { kind: 'refused', id: readId(data, 's') } as const;
  if (!isWithinBounds(data, answerBounds)) return refused;
  const frame = windowFrameSchema.safeParse(data);
  return frame.success ? { kind: 'frame', frame: frame.data } : refused;
}

function readId(data: unknown, kind: 'q' | 's'): string | null {
  if (typeof data !== 'object' || data === null || !('t' in data) || data.t !== kind || !('i' in data)) return null;
  const id = idSchema.safeParse(data.i);
  return id.success ? id.data : null;
}

/** The message with which the preload script hands the page its port to the engine. */
export const enginePortMessage = 'engine-port';

/** Name of the one IPC channel for shell calls, of the one for shell events, and of the ones for ports and drops. */
export const shellChannels = {
  call: 'assay:call',
  event: 'assay:event',
  port: 'assay:port',
  requestPort: 'assay:request-port',
  dropped: 'assay:dropped',
} as const;
