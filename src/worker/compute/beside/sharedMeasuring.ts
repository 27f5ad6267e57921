import type { MessagePort } from 'node:worker_threads';
import { receiveMessageOnPort } from 'node:worker_threads';
import type { CancellationSignal } from '../../../core/job/jobContext';
import { CandidateRanker, holdRows } from '../../../core/ranking/neighbours/candidateRanker';
import { DuplicateRows } from '../../../core/ranking/neighbours/duplicateRows';
import type { NeighbourRequest } from '../../../core/ranking/neighbours/neighbours';
import { joinKernelRoom, openKernelRoom } from '../kernels/distanceKernel';
import type { HeldRowsMessage, MeasuringMessage } from './searchMessages';
import { controlWords } from './searchMessages';

/** Queries measured at a time: few enough for both threads to end at about the same time. */
const chunkSize = 1024;
const lookEveryMs = 20;

/** Measures the candidates of a search together with whoever else does. */
export type MeasureTogether = (ranker: CandidateRanker, duplicates: DuplicateRows, capacity: number) => void;

/**
 * The searching thread's side: lets the thread at the other end of the port help, if it comes to wait, and returns when
 * all is measured.
 */
export function measureTogether(
  { features, queries }: Pick<NeighbourRequest, 'features' | 'queries'>,
  control: Int32Array,
  port: MessagePort,
  signal: CancellationSignal,
): MeasureTogether {
  return (ranker, duplicates, capacity) => {
    const begun = ranker.share({
      integers: (values) => copyTo(new Int32Array(new SharedArrayBuffer(4 * values.length)), values),
      floats: (values) => copyTo(new Float32Array(new SharedArrayBuffer(4 * values.length)), values),
    });
    if (begun === null) return;
    // The other thread posts nothing else.
    const sent = receiveMessageOnPort(port)?.message as HeldRowsMessage | undefined;
    const room =
      sent === undefined
        ? holdRows(features, openKernelRoom, () => signal.throwIfCancelled())
        : joinKernelRoom('float64', sent.memory);
    ranker.hold(room);
    const { memory } = room;
    const message: MeasuringMessage = { kind: 'measuring', begun, capacity, duplicates: duplicates.arrays, memory };
    port.postMessage(message);
    const order = begun.order ?? everyQuery(queries);
    measureChunks(order, control, ranker, signal);
    const chunks = Math.ceil(order.length / chunkSize);
    for (;;) {
      const measured = Atomics.load(control, controlWords.measured);
      if (measured >= chunks) return;
      Atomics.wait(control, controlWords.measured, measured, lookEveryMs);
      signal.throwIfCancelled();
    }
  };
}

/** The waiting thread's side: measures chunks until none is left. */
export function helpMeasuring(
  { begun, capacity, duplicates, memory }: MeasuringMessage,
  request: NeighbourRequest,
  control: Int32Array,
  signal: CancellationSignal,
): void {
  const rows = new DuplicateRows(request.features.rows, duplicates.first, duplicates.next);
  const ranker = new CandidateRanker(request, rows, capacity, { openRoom: openKernelRoom, begun });
  ranker.hold(joinKernelRoom('float64', memory));
  measureChunks(begun.order ?? everyQuery(request.queries), control, ranker, signal);
}

function measureChunks(
  order: Int32Array,
  control: Int32Array,
  ranker: CandidateRanker,
  signal: CancellationSignal,
): void {
  for (;;) {
    const from = chunkSize * Atomics.add(control, controlWords.next, 1);
    if (from >= order.length) return;
    ranker.measure(order.subarray(from, from + chunkSize), () => signal.throwIfCancelled());
    Atomics.add(control, controlWords.measured, 1);
    Atomics.notify(control, controlWords.measured);
  }
}

function everyQuery(queries: Int32Array): Int32Array {
  return Int32Array.from(queries.keys());
}

function copyTo<T extends Int32Array | Float32Array>(target: T, values: T): T {
  target.set(values);
  return target;
}
