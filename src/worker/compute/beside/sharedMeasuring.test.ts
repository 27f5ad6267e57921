import type { MessagePort } from 'node:worker_threads';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { CancelledError } from '../../../core/base/errors';
import { createRandom } from '../../../core/base/random';
import { CandidateRanker, holdRows } from '../../../core/ranking/neighbours/candidateRanker';
import { DuplicateFinder } from '../../../core/ranking/neighbours/duplicateRows';
import { findExactNeighbours } from '../../../core/ranking/neighbours/exactNeighbours';
import { openKernelRoom } from '../kernels/distanceKernel';
import type { HeldRowsMessage, MeasuringMessage } from './searchMessages';
import { controlBytes, controlWords } from './searchMessages';
import { helpMeasuring, measureTogether } from './sharedMeasuring';

const never = { cancelled: false, throwIfCancelled: () => undefined };
const [n, d, k] = [2500, 6, 4];

describe('measureTogether', () => {
  const random = createRandom(4);
  const features = { rows: n, columns: d, data: Float64Array.from({ length: n * d }, () => random.normal()) };
  // Row 70 is row 7 again: such neighbours are there before anything is measured.
  features.data.copyWithin(70 * d, 7 * d, 8 * d);
  const all = Int32Array.from({ length: n }, (_, row) => row);
  const request = { features, references: all.subarray(0, 200), queries: all, k };
  const expected = findExactNeighbours(request, never);
  const finder = new DuplicateFinder(n);
  finder.add(features.data, 0, n);
  const duplicates = finder.finish();
  const capacity = request.references.length;

  const offered = (): CandidateRanker => {
    const ranker = new CandidateRanker(request, duplicates, capacity, { openRoom: openKernelRoom });
    for (const q of all) ranker.offer(q, request.references);
    return ranker;
  };
  const ports: MessagePort[] = [];
  afterEach(() => ports.splice(0).forEach((port) => port.close()));
  /** A port to what the other thread does when it is told; `sent` is there from it already. */
  const portTo = (told: (message: MeasuringMessage) => void, sent?: HeldRowsMessage): MessagePort => {
    const { port1, port2 } = new MessageChannel();
    ports.push(port1, port2);
    if (sent !== undefined) port2.postMessage(sent);
    const postMessage = (message: MeasuringMessage): void => told(message);
    return Object.assign(port1, { postMessage });
  };

  const create = (): Int32Array => new Int32Array(new SharedArrayBuffer(controlBytes));

  it.each([
    ['alone', false, false],
    ['alone, in the room that the other thread has prepared', false, true],
    ['by the other thread', true, false],
    ['by the other thread, in the room that it has prepared', true, true],
  ])('gives the same table when all is measured %s', (_, isHelped, isPrepared) => {
    const [ranker, control] = [offered(), create()];
    const sent = isPrepared ? holdRows(features, openKernelRoom, () => undefined) : undefined;
    let used: ArrayBufferLike | undefined;
    const port = portTo(
      (message) => {
        used = message.memory.buffer;
        if (isHelped) helpMeasuring(message, request, control, never);
      },
      sent && { memory: sent.memory },
    );
    measureTogether(request, control, port, never)(ranker, duplicates, capacity);
    // The same memory, not a copy: what is written to one is in the other.
    if (sent !== undefined && used !== undefined) {
      sent.numbers[0] = 1234;
      expect(new Float64Array(used)[0]).toBe(1234);
    }
    expect(control[controlWords.measured]).toBe(3);
    const table = ranker.finish(() => undefined);
    expect(table.rows).toEqual(expected.rows);
    expect(table.squaredDistances).toEqual(expected.squaredDistances);
  });

  it('waits for what the other thread has taken, until it is cancelled', () => {
    const control = create();
    const port = portTo(() => Atomics.add(control, controlWords.next, 1));
    let looks = 0;
    const throwIfCancelled = (): undefined => {
      if (control[controlWords.measured] === 2 && ++looks > 3) throw new CancelledError();
    };
    const measure = measureTogether(request, control, port, { cancelled: false, throwIfCancelled });
    expect(() => measure(offered(), duplicates, capacity)).toThrow(CancelledError);
    expect(control[controlWords.measured]).toBe(2);
  });
});
