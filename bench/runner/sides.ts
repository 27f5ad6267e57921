import path from 'node:path';
import type { BackendName } from '../../src/core/linalg/linearAlgebra';
import type { Facts, PeerName, Workload } from '../workloads/workload';
import { earlierVersion } from '../workloads/workload';
import type { AssayBundle } from './bundle';
import type { DataMaker } from './data';
import { Side, SideError } from './side';

export interface Bench {
  readonly assay: AssayBundle;
  /** Another version. */
  readonly earlier: AssayBundle | undefined;
  readonly threads: number;
  readonly maker: DataMaker;
  /** A Python that has what the peer needs; sets it up when necessary. */
  readonly pythonFor: (peer: PeerName) => Promise<string>;
  readonly log: (message: string) => void;
}

/** Assay's process and those of the peers, ready to run; `failures` says why one is not. */
export interface Sides {
  readonly assay: Side;
  readonly peers: readonly Side[];
  /** Another version of Assay. */
  readonly earlier: Side | undefined;
  /** By side: what it runs on. */
  readonly versions: Readonly<Record<string, Facts>>;
  /** By side, added to by whoever finds out. */
  readonly failures: Record<string, string>;
  close(): void;
}

/** Starts the processes, and has one after the other read the data. */
export async function startSides(
  workload: Workload,
  { data, backend }: { readonly data: string; readonly backend: BackendName },
  peerNames: readonly PeerName[],
  bench: Bench,
): Promise<Sides> {
  const env = threadsEnvironment(bench.threads);
  const script = path.join(bench.maker.scripts, 'peer.py');
  const pythons: string[] = [];
  for (const name of peerNames) pythons.push(await bench.pythonFor(name));
  const startAssay = (name: string, { side, command }: AssayBundle): Side =>
    // Tables are given to the command line, which every version has, by this version's side.
    new Side(name, process.execPath, [workload.task === 'tables' ? bench.assay.side : side, backend, command], env);
  const assay = startAssay('assay', bench.assay);
  const earlier = bench.earlier && startAssay(earlierVersion, bench.earlier);
  const peers = peerNames.map((name, at) => new Side(name, pythons[at], [script, name], env));
  const versions: Record<string, Facts> = {};
  const failures: Record<string, string> = {};
  const settings = { ...workload.settings, rows: workload.rows };
  const all = [assay, ...(earlier === undefined ? [] : [earlier]), ...peers];
  for (const side of all) {
    await attempt(side.name, failures, async () => {
      versions[side.name] = await side.prepare(workload.task, data, settings);
    });
  }
  return {
    assay,
    peers,
    earlier,
    versions,
    failures,
    close: () => all.forEach((side) => side.close()),
  };
}

/** Runs `work` unless the side has failed before; notes why when it fails now. */
export async function attempt(
  name: string,
  failures: Record<string, string>,
  work: () => Promise<void>,
): Promise<void> {
  if (name in failures) return;
  try {
    await work();
  } catch (error) {
    failures[name] = messageOf(error);
  }
}

export function messageOf(error: unknown): string {
  if (error instanceof SideError) return error.code === 'ended' ? error.message : `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

/** The same number of threads for everything that computes. */
function threadsEnvironment(threads: number): NodeJS.ProcessEnv {
  const count = String(threads);
  return {
    ...process.env,
    TF_NUM_INTRAOP_THREADS: count,
    OPENBLAS_NUM_THREADS: count,
    OMP_NUM_THREADS: count,
    MKL_NUM_THREADS: count,
    PYTHONDONTWRITEBYTECODE: '1',
  };
}
