import type { EngineEvent, EngineMethod } from './engineApi';
import type { Result } from './result';

/**
 * The two sides of the MessagePort between window and engine, as birpc sees them (structured clone, no transfer lists).
 * Values are checked at the receiving side: parameters by the engine, answers and events by the window.
 */
export interface EngineWire {
  call(method: EngineMethod, params: unknown): Promise<Result<unknown>>;
}

export interface WindowWire {
  event(event: EngineEvent): void;
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
