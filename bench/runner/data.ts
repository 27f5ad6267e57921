import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { DataSpec } from '../workloads/workload';
import { createTemporaryFolder } from './temporaryFolder';

export interface DataMaker {
  /** A Python with the peers' packages. */
  readonly python: string;
  /** Folder of makeData.py and the other scripts that make data. */
  readonly scripts: string;
  /** Folder that keeps what was made. */
  readonly folder: string;
  readonly log: (message: string) => void;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * The folder of a workload's data, made by a script of peers/ unless it is there from before. What is made depends on
 * the specification and on the script's text only. Of the kind `blocks` the first rows of more rows are the same rows:
 * a larger folder serves as well.
 */
export async function ensureData(spec: DataSpec, maker: DataMaker): Promise<string> {
  const { family, rows } = await identify(spec, maker.scripts);
  await fs.mkdir(maker.folder, { recursive: true });
  const found = chooseFolder(await fs.readdir(maker.folder), family, rows, spec.kind === 'blocks');
  if (found !== undefined) return path.join(maker.folder, found);
  const target = path.join(maker.folder, `${family}-${rows}`);
  maker.log(`making the data: ${rows} rows × ${spec.features} features`);
  const temporary = createTemporaryFolder(maker.folder, '.tmp-');
  try {
    const script = path.join(maker.scripts, scriptsOf(spec)[0]);
    await promisify(execFile)(maker.python, [script, JSON.stringify(spec), temporary.path], { env: maker.env });
    await fs.rename(temporary.path, target);
  } finally {
    temporary.remove();
  }
  return target;
}

/** What makes the data, and the script that it uses. */
function scriptsOf({ kind }: DataSpec): string[] {
  if (kind === 'tables') return ['tables.py'];
  if (kind === 'embeddings') return ['embeddings.py'];
  if (kind === 'texts') return ['texts.py'];
  if (kind === 'pictures') return ['pictures.py'];
  if (kind === 'issues') return ['issues.py', 'foreignTexts.json', 'pictures.py', 'texts.py'];
  return kind === 'numbers' ? ['numericTables.py'] : ['makeData.py', 'newton.py'];
}

async function identify(spec: DataSpec, scripts: string): Promise<{ readonly family: string; readonly rows: number }> {
  const { rows, ...rest } = spec;
  const hash = createHash('sha256');
  for (const name of scriptsOf(spec)) hash.update(await fs.readFile(path.join(scripts, name)));
  hash.update(JSON.stringify(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))));
  return { family: `${spec.kind}-${hash.digest('hex').slice(0, 12)}`, rows };
}

/**
 * Among folders named FAMILY-ROWS the one with exactly `rows`, or (where the first of more rows will do) the smallest
 * with at least that.
 */
export function chooseFolder(
  folders: readonly string[],
  family: string,
  rows: number,
  moreWillDo: boolean,
): string | undefined {
  return folders
    .filter((name) => name.startsWith(`${family}-`))
    .map((name) => ({ name, rows: Number(name.slice(family.length + 1)) }))
    .filter((one) => one.rows === rows || (moreWillDo && one.rows > rows))
    .sort((a, b) => a.rows - b.rows)[0]?.name;
}
