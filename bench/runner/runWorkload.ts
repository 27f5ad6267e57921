import fs from 'node:fs/promises';
import path from 'node:path';
import { readNpy } from '../../src/worker/store/npy';
import type { Facts, Outputs, PeerName, SideOutputs, Workload } from '../workloads/workload';
import { beyondLimits, largestError } from './agreement';
import type { BenchArguments } from './arguments';
import { choosePeers } from './choosePeers';
import type { DataMaker } from './data';
import { ensureData } from './data';
import { currentLoad, machineFacts } from './machine';
import type { PeerResult, WorkloadResult } from './result';
import { runRounds } from './rounds';
import { Side, SideError } from './side';
import { median, ratioOfTimes } from './statistics';
import { createTemporaryFolder } from './temporaryFolder';

export interface Bench {
  /** The bundled side.ts. */
  readonly assaySide: string;
  readonly threads: number;
  readonly maker: DataMaker;
  /** A Python that has what the peer needs; sets it up when necessary. */
  readonly pythonFor: (peer: PeerName) => Promise<string>;
  readonly log: (message: string) => void;
}

/** Measures one workload: data, both sides in turn, agreement, memory. Never throws for what goes wrong on a side: the result says it. */
export async function runWorkload(
  workload: Workload,
  options: Pick<BenchArguments, 'peers' | 'repeats' | 'backend'>,
  bench: Bench,
): Promise<WorkloadResult> {
  const { timed, untimed } = choosePeers(workload, options.peers);
  const repeats = options.repeats ?? workload.repeats;
  bench.log(`${workload.name}: ${workload.summary}`);
  const data = await ensureData(workload.data, bench.maker);
  const loadBefore = currentLoad();
  const scratch = createTemporaryFolder(bench.maker.folder, '.run-');
  const env = threadsEnvironment(bench.threads);
  const assay = new Side('assay', process.execPath, [bench.assaySide, options.backend], env);
  const peers: { readonly name: PeerName; readonly side: Side }[] = [];
  const failures: Record<string, string> = {};
  const versions: Record<string, Facts> = {};
  try {
    for (const name of [...timed, ...untimed]) {
      const script = path.join(bench.maker.scripts, 'peer.py');
      peers.push({ name, side: new Side(name, await bench.pythonFor(name), [script, name], env) });
    }
    for (const side of [assay, ...peers.map((peer) => peer.side)]) {
      try {
        const settings = { ...workload.settings, rows: workload.rows };
        versions[side.name] = await side.prepare(workload.task, data, settings);
      } catch (error) {
        failures[side.name] = messageOf(error);
      }
    }
    const ready = [assay, ...peers.filter(({ name }) => timed.includes(name)).map(({ side }) => side)].filter(
      ({ name }) => !(name in failures),
    );
    const rounds = await runRounds('assay' in failures ? [] : ready, {
      warmUps: workload.warmUps,
      repeats,
      onRun: (name, round, seconds) =>
        bench.log(`  ${round < 0 ? 'warm-up' : `run ${round + 1} of ${repeats}`}, ${name}: ${seconds.toFixed(3)} s`),
    });
    const facts: Record<string, Facts> = { ...rounds.facts };
    for (const [name, error] of Object.entries(rounds.failures)) failures[name] = messageOf(error);
    // Before anything that is not timed: the reference's peak while it only helps to check says nothing.
    const memory: Record<string, number> = {};
    const remember = async (): Promise<void> => {
      for (const side of ready) memory[side.name] = await side.peakMib().catch(() => Number.NaN);
    };
    await remember();
    let more: Facts = {};
    if (!('assay' in failures)) {
      await saveOutputs(assay, scratch.path);
      try {
        more = (await assay.more()) ?? {};
      } catch (error) {
        failures['assay'] = messageOf(error);
      }
      memory['assay'] = await assay.peakMib().catch(() => Number.NaN);
    }
    for (const { name, side } of peers) {
      if (name in failures || 'assay' in failures) continue;
      try {
        if (untimed.includes(name)) facts[name] = (await side.run()).facts;
        await saveOutputs(side, scratch.path);
      } catch (error) {
        failures[name] = messageOf(error);
      }
    }
    const outputs = outputsIn(
      scratch.path,
      data,
      facts,
      peers.map(({ name }) => name).filter((name) => !(name in failures)),
    );
    const assessment = 'assay' in failures ? { errors: {} } : await workload.assess(outputs);
    const own = rounds.seconds['assay'] ?? [];
    const results: Partial<Record<PeerName, PeerResult>> = {};
    for (const name of timed) {
      const seconds = rounds.seconds[name] ?? [];
      const errors = assessment.peerErrors?.[name];
      results[name] = {
        ...(seconds.length === own.length && own.length > 0
          ? {
              s: median(seconds),
              ratio: ratioOfTimes(own, seconds).ratio,
              ratio_range: ratioOfTimes(own, seconds).range,
            }
          : { s: null, ratio: null, ratio_range: null }),
        times: seconds,
        peak_mib: rounded(memory[name]),
        ...(errors !== undefined && Object.keys(errors).length > 0 && { relative_errors: errors }),
        facts: { ...versions[name], ...facts[name] },
        ...(name in failures && { failure: failures[name] }),
      };
    }
    const beyond = 'assay' in failures ? [] : beyondLimits(assessment.errors, limitsOf(workload, peers.length > 0));
    return {
      workload: workload.name,
      rows: workload.rows,
      features: workload.features,
      classes: workload.classes,
      assay_s: own.length > 0 && !('assay' in failures) ? median(own) : null,
      peers: results,
      worst_relative_error: largestError(assessment.errors),
      peak_mib: rounded(memory['assay']),
      relative_errors: assessment.errors,
      limits: workload.limits,
      agrees: Object.keys(assessment.errors).length === 0 ? null : beyond.length === 0,
      beyond_limits: beyond,
      ...assessment.more,
      ...more,
      assay: { times: own, backend: options.backend, ...versions['assay'], ...facts['assay'] },
      repeats,
      machine: machineFacts(bench.threads, loadBefore),
      failures,
    };
  } finally {
    for (const side of [assay, ...peers.map((peer) => peer.side)]) side.close();
    scratch.remove();
  }
}

/** Without the reference (`--peers none` where it would only be needed to check) there is nothing to agree with. */
function limitsOf(workload: Workload, hasPeers: boolean): Workload['limits'] {
  return hasPeers ? workload.limits : {};
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

async function saveOutputs(side: Side, scratch: string): Promise<void> {
  const folder = path.join(scratch, side.name);
  await fs.mkdir(folder);
  await side.save(folder);
}

function outputsIn(
  scratch: string,
  data: string,
  facts: Readonly<Record<string, Facts>>,
  peers: readonly PeerName[],
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

function messageOf(error: unknown): string {
  if (error instanceof SideError) return error.code === 'ended' ? error.message : `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

function rounded(mib: number | undefined): number | null {
  return mib === undefined || Number.isNaN(mib) ? null : Math.round(mib);
}
