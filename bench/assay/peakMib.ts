import { readFileSync } from 'node:fs';

/**
 * Most memory that a process ever had, shared libraries included, in MiB; undefined where the system does not tell.
 * Default: this process.
 */
export function peakMib(pid: number | 'self' = 'self'): number | undefined {
  try {
    const found = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return found === null ? undefined : Number(found[1]) / 1024;
  } catch {
    // Not Linux, or the process has ended.
    return undefined;
  }
}
