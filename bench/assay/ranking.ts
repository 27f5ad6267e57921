import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { auditFeatures } from '../../src/core/audit/auditFeatures';
import type { AuditInput, AuditResult } from '../../src/core/audit/auditTypes';
import type { Matrix } from '../../src/core/base/matrix';
import { forestThreadRole } from '../../src/worker/compute/beside/forestMessages';
import { ForestThreads } from '../../src/worker/compute/beside/forestThreads';
import { searchThreadRole } from '../../src/worker/compute/beside/searchMessages';
import { SearchThread } from '../../src/worker/compute/beside/searchThread';
import { usableThreads } from '../../src/worker/compute/native/tensorflowBinding';
import { createNeighbourSearch } from '../../src/worker/compute/neighbourSearch';
import { readLabels, readMatrix } from './arrays';
import { createStageClock } from './stageClock';
import type { AssayTask, TaskInputs } from './task';
import { benchContext, numberOf, vector } from './task';

/** Beside the bundled side.ts: see bundle.ts. */
const computeThread = join(__dirname, 'compute.js');

/** The whole audit with a fixed λ and no validation rows, as the cross-validation beside it has none. */
export async function createRankingTask({ data, settings, backend }: TaskInputs): Promise<AssayTask> {
  const features = shared(await readMatrix(data, 'features'));
  const start = (role: string) => (): Worker => new Worker(computeThread, { workerData: role });
  const searchThread = new SearchThread({ start: start(searchThreadRole) });
  const input: AuditInput = {
    features,
    labels: await readLabels(data, 'labels'),
    classes: numberOf(settings, 'classes'),
    split: new Uint8Array(features.rows),
    unpenalised: [features.columns - 1],
    l2: numberOf(settings, 'l2'),
    neighbours: createNeighbourSearch(backend.tensorflow, { thread: searchThread }),
    forests: new ForestThreads({ start: start(forestThreadRole), threads: usableThreads() }),
  };
  let result: AuditResult | undefined;
  return {
    run() {
      const clock = createStageClock();
      result = auditFeatures(input, benchContext(backend, clock.progress));
      return {
        stages: clock.seconds(),
        experts: Object.fromEntries(result.experts.map(({ name, weight }) => [name, weight])),
        neighbours: result.neighbours?.method ?? null,
      };
    },
    outputs: () =>
      result === undefined
        ? {}
        : {
            suspicionLogOdds: vector(result.columns.suspicionLogOdds),
            looProbability: vector(result.columns.looProbability),
          },
  };
}

/** In shared memory, as the application holds features. */
function shared(matrix: Matrix): Matrix {
  const data = new Float64Array(new SharedArrayBuffer(matrix.data.byteLength));
  data.set(matrix.data);
  return { ...matrix, data };
}
