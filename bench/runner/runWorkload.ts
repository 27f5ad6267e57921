import type { Assessment, Facts, Workload } from '../workloads/workload';
import { earlierVersion } from '../workloads/workload';
import type { BenchArguments } from './arguments';
import { choosePeers } from './choosePeers';
import { ensureData } from './data';
import { currentLoad, machineFacts } from './machine';
import { outputsIn, saveOutputs } from './outputs';
import type { WorkloadResult } from './result';
import { runRounds } from './rounds';
import type { Bench, Sides } from './sides';
import { attempt, messageOf, startSides } from './sides';
import { summarize } from './summarize';
import { createTemporaryFolder } from './temporaryFolder';

/** Milliseconds before each run, for every side alike. */
const rest = 500;

/**
 * Measures one workload: data, both sides in turn, memory, agreement. What goes wrong on a side is part of the result.
 */
export async function runWorkload(
  workload: Workload,
  options: Pick<BenchArguments, 'peers' | 'repeats' | 'backend'>,
  bench: Bench,
): Promise<WorkloadResult> {
  const { timed, untimed } = choosePeers(workload, options.peers);
  const repeats = options.repeats ?? workload.repeats;
  bench.log(`${workload.name}: ${workload.summary}`);
  const made = await ensureData(workload.data, bench.maker);
  const derived = workload.derive && createTemporaryFolder(bench.maker.folder, '.data-');
  const data = derived?.path ?? made;
  let sides: Sides | undefined;
  try {
    await workload.derive?.(made, data);
    const loadBefore = currentLoad();
    sides = await startSides(workload, { data, backend: options.backend }, [...timed, ...untimed], bench);
    const { assay, peers, failures, versions } = sides;
    const earlier = sides.earlier === undefined ? [] : [sides.earlier];
    const ready = [assay, ...earlier, ...peers.slice(0, timed.length)].filter(({ name }) => !(name in failures));
    const rounds = await runRounds('assay' in failures ? [] : ready, {
      warmUps: workload.warmUps,
      repeats,
      rest,
      onRun: (name, round, seconds) =>
        bench.log(`  ${round < 0 ? 'warm-up' : `run ${round + 1} of ${repeats}`}, ${name}: ${seconds.toFixed(3)} s`),
    });
    for (const [name, error] of Object.entries(rounds.failures)) failures[name] = messageOf(error);
    // Before what is not timed: a check may take more memory than what it checks.
    const memory: Record<string, number> = {};
    for (const side of ready) memory[side.name] = await side.peakMib().catch(() => Number.NaN);
    const checked = await check(workload, sides, { data, facts: rounds.facts, scratchParent: bench.maker.folder });
    return summarize(workload, {
      timed: sides.earlier === undefined ? timed : [earlierVersion, ...timed],
      seconds: rounds.seconds,
      warmUpSeconds: rounds.warmUpSeconds,
      versions,
      memory,
      assayPeak: await assay.peakMib().catch(() => undefined),
      failures,
      ...checked,
      repeats,
      machine: machineFacts(bench.threads, loadBefore),
    });
  } finally {
    sides?.close();
    derived?.remove();
  }
}

interface Checked {
  readonly assessment: Assessment | undefined;
  readonly more: Facts;
  readonly facts: Readonly<Record<string, Facts>>;
}

/**
 * Has every side save its numbers and compares them; a reference that was not timed runs first. Then what Assay does
 * once more.
 */
async function check(
  workload: Workload,
  { assay, earlier, peers, failures }: Sides,
  from: { readonly data: string; readonly facts: Readonly<Record<string, Facts>>; readonly scratchParent: string },
): Promise<Checked> {
  const facts: Record<string, Facts> = { ...from.facts };
  let more: Facts = {};
  if ('assay' in failures) return { assessment: undefined, more, facts };
  const scratch = createTemporaryFolder(from.scratchParent, '.run-');
  try {
    await saveOutputs(assay, scratch.path);
    const rivals = earlier === undefined ? peers : [earlier, ...peers];
    for (const peer of rivals) {
      await attempt(peer.name, failures, async () => {
        facts[peer.name] ??= (await peer.run()).facts;
        await saveOutputs(peer, scratch.path);
      });
    }
    const saved = rivals.map(({ name }) => name).filter((name) => !(name in failures));
    const assessment =
      peers.length === 0 && workload.reference !== null
        ? undefined
        : await workload.assess(outputsIn(scratch.path, from.data, facts, saved));
    await attempt('assay', failures, async () => {
      more = (await assay.more()) ?? {};
    });
    return { assessment, more, facts };
  } finally {
    scratch.remove();
  }
}
