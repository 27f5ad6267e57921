import { parentPort, receiveMessageOnPort } from 'node:worker_threads';
import { ComputeDispatcher } from './computeDispatcher';
import type { RequestMessage } from './messages';

/** The compute thread: a worker_threads entry. Everything it does is in ComputeDispatcher. */
const port = parentPort;
if (port === null) throw new Error('This script runs as a worker thread: see computeClient.');

const dispatcher = new ComputeDispatcher({
  post: (message, transfer = []) => port.postMessage(message, transfer),
  // Only ComputeClient writes to this port.
  poll: () => receiveMessageOnPort(port)?.message as RequestMessage | undefined,
});
port.on('message', (message: RequestMessage) => dispatcher.receive(message));
