import { createBirpc } from 'birpc';
import type { EngineEvent, EngineMethod } from '../contract/engineApi';
import type { Result } from '../contract/result';
import { type EngineWire, mostQuestions, readQuestion, type WindowWire } from '../contract/wire';
import { BugError, serializeWithoutStacks } from '../core/base/errors';

/** What is needed of a port to a window; Electron's and Node's both have it. */
interface WindowPort {
  postMessage(message: unknown): void;
  onMessage(listener: (data: unknown) => void): void;
}

export interface WindowService {
  call(method: EngineMethod, params: unknown, about: string | null): Promise<Result<unknown>>;
  onEvent(listener: (event: EngineEvent) => void): () => void;
}

/** Messages that are no questions, told in the log this often at most: whoever sends them may send many. */
const mostComplaints = 20;

/**
 * Answers a window's questions over a port, and tells it what happens. Whatever else arrives is dropped, or answered
 * with an error where it says under which id: nothing that a page can send ends the engine or stays under way for ever.
 * @returns a function that stops telling
 */
export function serveWindow(port: WindowPort, service: WindowService, complain: (text: string) => void): () => void {
  const underWay = new Set<string>();
  let complaints = 0;
  const refuse = (id: string | null, reason: string): void => {
    if (complaints++ < mostComplaints) complain(`message from the window refused: ${reason}`);
    if (id === null) return;
    const error = serializeWithoutStacks(new BugError(reason));
    port.postMessage({ t: 's', i: id, r: { ok: false, error } });
  };
  const wire: EngineWire = {
    // The name was checked to be a text; the service knows which texts are methods.
    call: (method, params, about) => service.call(method, params, about),
  };
  const window = createBirpc<WindowWire, EngineWire>(wire, {
    post: (data: unknown) => port.postMessage(data),
    on: (receive: (data: unknown) => unknown) => {
      port.onMessage((data) => {
        const received = readQuestion(data);
        if (received.kind === 'refused') return refuse(received.id, received.reason);
        const { frame } = received;
        if (underWay.has(frame.i)) return refuse(null, 'A question under way has the same id.');
        if (underWay.size >= mostQuestions) return refuse(frame.i, 'Too many questions are under way.');
        underWay.add(frame.i);
        void Promise.resolve(receive(frame))
          // An answer that cannot be posted: the port is closed, or the answer holds what cannot be copied.
          .catch((error: unknown) => complain(`a question could not be answered: ${String(error)}`))
          .finally(() => underWay.delete(frame.i));
      });
    },
    eventNames: ['event'],
  });
  return service.onEvent((event) => {
    // The window may be gone: the next one asks for what it has missed.
    window.event(event).catch(() => undefined);
  });
}
