import os from 'node:os';

/** What a time depends on beside the code. */
export interface MachineFacts {
  readonly processor: string;
  readonly cores: number;
  readonly memory_gib: number;
  readonly system: string;
  readonly node: string;
  readonly threads: number;
  /** Processes that ran or waited to run, mean of the last minute, before and after. Before: 0 on a quiet machine. */
  readonly load: readonly [number, number];
}

export function coreCount(): number {
  return os.availableParallelism();
}

export function currentLoad(): number {
  return Number(os.loadavg()[0].toFixed(2));
}

export function machineFacts(threads: number, loadBefore: number): MachineFacts {
  return {
    processor: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: coreCount(),
    memory_gib: Number((os.totalmem() / 2 ** 30).toFixed(1)),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.versions.node,
    threads,
    load: [loadBefore, currentLoad()],
  };
}
