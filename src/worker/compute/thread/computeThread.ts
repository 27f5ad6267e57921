import { parentPort, receiveMessageOnPort, Worker, workerData } from 'node:worker_threads';
import { searchThreadRole } from '../beside/searchMessages';
import { SearchThread } from '../beside/searchThread';
import { serveSearches } from '../beside/serveSearches';
import { ComputeDispatcher } from './computeDispatcher';
import type { RequestMessage } from './messages';

/**
 * The compute thread: a worker_threads entry. Everything it does is in ComputeDispatcher. The same script serves as the
 * thread that it starts for itself to search neighbours beside a fit.
 */
const port = parentPort;
if (port === null) throw new Error('This script runs as a worker thread: see computeClient.');

if (workerData === searchThreadRole) {
  serveSearches(port);
} else {
  const dispatcher = new ComputeDispatcher({
    post: (message, transfer = []) => port.postMessage(message, transfer),
    // Only ComputeClient writes to this port.
    poll: () => receiveMessageOnPort(port)?.message as RequestMessage | undefined,
    searchThread: new SearchThread({ start: () => new Worker(__filename, { workerData: searchThreadRole }) }),
  });
  port.on('message', (message: RequestMessage) => dispatcher.receive(message));
}
