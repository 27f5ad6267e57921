import fs from 'node:fs/promises';
import path from 'node:path';
import { readNpy } from '../../src/worker/store/npy/npy';
import type { Facts, Outputs, SideOutputs } from '../workloads/workload';
import type { Side } from './side';

/** Has a side write the arrays of its last run to a folder of its own. */
export async function saveOutputs(side: Side, scratch: string): Promise<void> {
  const folder = path.join(scratch, side.name);
  await fs.mkdir(folder);
  await side.save(folder);
}

/** What was saved, for the workload's assessment. */
export function outputsIn(
  scratch: string,
  data: string,
  facts: Readonly<Record<string, Facts>>,
  peers: readonly string[],
): Outputs {
  const of = (name: string): SideOutputs => ({
    facts: facts[name] ?? {},
    array: (array) => readNpy(path.join(scratch, name, `${array}.npy`)),
  });
  return {
    assay: of('assay'),
    peers: Object.fromEntries(peers.map((name) => [name, of(name)])),
    data: (name) => readNpy(path.join(data, `${name}.npy`)),
  };
}
