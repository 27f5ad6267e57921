import { parentPort, receiveMessageOnPort } from 'node:worker_threads';
import type { AuditResult } from '../../src/core/audit/auditTypes';
import { createFloat64LinearAlgebra } from '../../src/core/linalg/float64LinearAlgebra';
import type { AuditSession } from '../../src/core/session/sessionTypes';
import { ComputeDispatcher } from '../../src/worker/compute/thread/computeDispatcher';
import type { RequestMessage } from '../../src/worker/compute/thread/messages';

/**
 * A compute thread whose audits misbehave on demand; `l2` says how. Everything else is the real dispatcher on a real
 * thread. 1: works until it is cancelled. 2: ends the thread. 3: never looks at the flag. 4: throws outside of any
 * request. 5: ends when the session has been asked twice. A session misbehaves so when it is closed, and at the
 * question about row 3 alone.
 */
const port = parentPort;
if (port === null) throw new Error('not a worker thread');
let questions = 0;
function misbehave(how: unknown): void {
  if (how === 2) process.exit(7);
  if (how === 3) for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
}
const dispatcher = new ComputeDispatcher({
  post: (message) => port.postMessage(message),
  poll: () => receiveMessageOnPort(port)?.message as RequestMessage | undefined, // Only the client writes to it.
  chooseBackend: async () => ({ linalg: createFloat64LinearAlgebra(), tensorflow: null, reason: '' }),
  audit({ l2 }, { signal, progress }) {
    progress({ stage: 'fit', done: 0, total: 1 });
    misbehave(l2);
    if (l2 === 4) {
      setTimeout(() => {
        throw new Error('thrown by nobody in particular');
      });
      throw new Error('swallowed');
    }
    const before = questions;
    while (l2 !== 5 || questions < before + 2) signal.throwIfCancelled();
    return { effectiveDof: questions } as AuditResult; // Only this field is looked at.
  },
  openSession({ l2 }) {
    return {
      parameters: 3,
      estimateRemovalEffect: ({ rows }: { rows: Int32Array }) => {
        if (rows.length === 1 && rows[0] === 3) misbehave(3);
        return { trainRows: rows.length, otherRows: ++questions };
      },
      dispose: () => {
        misbehave(l2);
        if (l2 === 4) throw new Error('not disposed');
      },
    } as unknown as AuditSession; // Only removals are asked for.
  },
});
port.on('message', (message: RequestMessage) => dispatcher.receive(message));
