import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import { readFile } from 'node:fs/promises';
import { freemem } from 'node:os';

/** What an audit can still use, in bytes. */
export interface MachineSpace {
  readonly memoryBytes: number;
  /** On the disk that holds the project; null where the system does not tell. */
  readonly diskBytes: number | null;
}

export async function measureSpace(folder: string): Promise<MachineSpace> {
  return { memoryBytes: await availableMemory(), diskBytes: await freeDisk(folder) };
}

/**
 * Memory that programs can have without others being swapped out: more than is free, for the system uses free memory as
 * a cache.
 */
async function availableMemory(): Promise<number> {
  if (process.platform !== 'linux') return freemem();
  try {
    const kilobytes = /^MemAvailable:\s+(\d+) kB/m.exec(await readFile('/proc/meminfo', 'utf8'))?.[1];
    return kilobytes === undefined ? freemem() : Number(kilobytes) * 1024;
  } catch {
    return freemem();
  }
}

async function freeDisk(folder: string): Promise<number | null> {
  // Since Node 18.15; the oldest runtime asks df.
  const { statfs }: { statfs?: typeof fs.statfs } = fs;
  if (statfs !== undefined) {
    return new Promise((resolve) => {
      statfs(folder, (error, found) => resolve(error === null ? found.bavail * found.bsize : null));
    });
  }
  return askDf(folder);
}

/** POSIX `df -Pk`: the fourth column of the second line is what is available, in KiB. Null on systems without it. */
export async function askDf(folder: string): Promise<number | null> {
  return new Promise((resolve) => {
    execFile('df', ['-Pk', folder], { timeout: 5_000 }, (error, output) => {
      const kilobytes = Number(output.split('\n')[1]?.trim().split(/\s+/)[3]);
      resolve(error !== null || !Number.isFinite(kilobytes) ? null : kilobytes * 1024);
    });
  });
}
