import { Worker } from 'node:worker_threads';
import { configureTensorflow, usableThreads } from '../../compute/native/tensorflowBinding';
import { pictureThreadRole } from './pictureMessages';
import { PictureThreads } from './pictureThreads';

/** Each may hold the largest picture allowed. */
const mostThreads = 4;

/** Threads that read pictures; none runs before there is a picture to read. `script`: that of the compute thread. */
export function startPictureThreads(script: string): PictureThreads {
  return new PictureThreads({
    start: () => {
      configureTensorflow();
      return new Worker(script, { workerData: pictureThreadRole });
    },
    threads: Math.min(mostThreads, usableThreads()),
  });
}
