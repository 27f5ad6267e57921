import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a program had said when it ended. */
export interface Ended {
  readonly killed: boolean;
  readonly code: number | null;
  readonly lines: readonly string[];
  readonly errors: string;
}

/** Runs a program in a process group of its own, and kills all of it after a time; undefined: it may end by itself. */
export async function runUntil(
  program: string,
  args: readonly string[],
  killAfterMs: number | undefined,
  env: Readonly<Record<string, string>>,
): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  const { pid } = child;
  const timer =
    killAfterMs === undefined || pid === undefined
      ? undefined
      : setTimeout(() => {
          // The whole group: nobody gets to finish anything.
          if (child.exitCode === null) process.kill(-pid, 'SIGKILL');
        }, killAfterMs);
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.once('close', (exit, by) => resolve([exit, by])),
  );
  clearTimeout(timer);
  const lines = output.split('\n');
  // What was cut off by the kill was not said.
  lines.pop();
  return { killed: signal === 'SIGKILL', code, lines, errors };
}

/**
 * What is wrong with a folder of results: nothing, if it is absent, empty, or all of its files are as its manifest
 * says.
 */
export function checkResults(folder: string): string | undefined {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => !name.startsWith('.'));
  } catch {
    return undefined;
  }
  if (names.length === 0) return undefined;
  if (!names.includes('manifest.json')) return `${folder} has ${names.join(', ')} and no manifest`;
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as {
    outputs: { file: string; sha256: string }[];
  };
  for (const { file, sha256 } of manifest.outputs) {
    const found = createHash('sha256')
      .update(readFileSync(join(folder, file)))
      .digest('hex');
    if (found !== sha256) return `${file} in ${folder} is not the one of its manifest`;
  }
  return undefined;
}

/** Everything in a folder whose name begins with a point: what is not finished. */
export function debrisIn(...folders: readonly string[]): string[] {
  return folders.flatMap((folder) => {
    try {
      return readdirSync(folder)
        .filter((name) => name.startsWith('.'))
        .map((name) => join(folder, name));
    } catch {
      return [];
    }
  });
}
