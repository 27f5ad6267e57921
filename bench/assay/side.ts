import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { BugError, serializeError } from '../../src/core/base/errors';
import type { BackendName } from '../../src/core/linalg/linearAlgebra';
import { createLinearAlgebra } from '../../src/worker/compute/chooseBackend';
import { writeNpy } from '../../src/worker/store/npy/npy';
import type { SideAnswer, SideRequest } from '../runner/messages';
import { createAnnotatorsTask } from './annotators';
import { createAuditTask } from './audit';
import { createEffectsTask } from './effects';
import { createEncodeTask } from './encode';
import { createEstimateTask } from './estimate';
import { createFitTask } from './fit';
import { createIssuesTask } from './issues';
import { createMapTask } from './map';
import { peakMib } from './peakMib';
import { createRankingTask } from './ranking';
import { createTablesTask } from './tables';
import type { AssayTask, TaskInputs } from './task';
import { createVerifyTask } from './verify';

/** Assay as one side of a measurement: a process that answers requests, JSON lines both ways, as peers/peer.py does. */
const makers: Readonly<Record<string, (inputs: TaskInputs) => Promise<AssayTask>>> = {
  effects: createEffectsTask,
  fit: createFitTask,
  ranking: createRankingTask,
  tables: createTablesTask,
  annotators: createAnnotatorsTask,
  audit: createAuditTask,
  verify: createVerifyTask,
  estimate: createEstimateTask,
  encode: createEncodeTask,
  issues: createIssuesTask,
  map: createMapTask,
};

let task: AssayTask | undefined;

async function answer(request: SideRequest): Promise<unknown> {
  if (request.op === 'memory') return peakMib() ?? process.resourceUsage().maxRSS / 1024;
  if (request.op === 'prepare') {
    const backend = await createLinearAlgebra((process.argv[2] ?? 'native') as BackendName); // Checked by the runner.
    const [, , , command] = process.argv;
    task = await makers[request.task]({ data: request.data, settings: request.settings, backend, command });
    return { backend: backend.linalg.description, node: process.versions.node };
  }
  if (task === undefined) throw new BugError('Nothing has been prepared.');
  if (request.op === 'save') {
    for (const [name, array] of Object.entries(task.outputs())) {
      await writeNpy(join(request.folder, `${name}.npy`), array);
    }
    return null;
  }
  if (request.op === 'more') return task.more?.() ?? null;
  const start = performance.now();
  const facts = await task.run();
  return { seconds: (performance.now() - start) / 1000, facts };
}

async function serve(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line) as SideRequest; // Written by our own runner.
    let reply: SideAnswer;
    try {
      reply = { id: request.id, value: await answer(request) };
    } catch (error) {
      const { code, message } = serializeError(error);
      console.error(error);
      reply = { id: request.id, error: { code, message } };
    }
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
}

void serve();
