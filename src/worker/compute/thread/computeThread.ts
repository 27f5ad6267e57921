import { parentPort, receiveMessageOnPort, Worker, workerData } from 'node:worker_threads';
import { mediaThreadRole } from '../../media/mediaMessages';
import { serveMedia } from '../../media/serveMedia';
import { pictureThreadRole } from '../../pictures/thread/pictureMessages';
import { servePictures } from '../../pictures/thread/servePictures';
import { forestThreadRole } from '../beside/forestMessages';
import { ForestThreads } from '../beside/forestThreads';
import { searchThreadRole } from '../beside/searchMessages';
import { SearchThread } from '../beside/searchThread';
import { serveForests } from '../beside/serveForests';
import { serveSearches } from '../beside/serveSearches';
import { usableThreads } from '../native/tensorflowBinding';
import { serveTexts } from '../texts/serveTexts';
import { textThreadRole } from '../texts/textMessages';
import { ComputeDispatcher } from './computeDispatcher';
import type { RequestMessage } from './messages';

/**
 * The compute thread: a worker_threads entry. Everything it does is in ComputeDispatcher. The same script serves as the
 * threads that it starts for itself, to search neighbours beside a fit and to grow forests, and as those that read
 * pictures and texts for the engine.
 */
const port = parentPort;
if (port === null) throw new Error('This script runs as a worker thread: see computeClient.');

if (workerData === searchThreadRole) {
  serveSearches(port);
} else if (workerData === forestThreadRole) {
  serveForests(port);
} else if (workerData === pictureThreadRole) {
  servePictures(port);
} else if (workerData === textThreadRole) {
  serveTexts(port);
} else if (workerData === mediaThreadRole) {
  serveMedia(port);
} else {
  const start = (role: string) => (): Worker => new Worker(__filename, { workerData: role });
  const dispatcher = new ComputeDispatcher({
    post: (message, transfer = []) => port.postMessage(message, transfer),
    // Only ComputeClient writes to this port.
    poll: () => receiveMessageOnPort(port)?.message as RequestMessage | undefined,
    searchThread: new SearchThread({ start: start(searchThreadRole) }),
    forests: new ForestThreads({ start: start(forestThreadRole), threads: usableThreads() }),
  });
  port.on('message', (message: RequestMessage) => dispatcher.receive(message));
}
