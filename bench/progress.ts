import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bundle, entries } from '../bundling';
import { type DataKind, dataKinds, writeData } from './progress/dataKinds';
import { type Moment, readMoments } from './progress/readMoments';
import { createTemporaryFolder } from './runner/temporaryFolder';

const machines = ['quiet', 'loaded'] as const;
type Machine = (typeof machines)[number];

/**
 * Whether the time left that an audit tells can be believed: node bench/run.mjs progress [KIND,…] [quiet,loaded]
 * [FOLDER]. Audits made data of each kind, alone and beside a busy process, and prints how far what was told is from
 * what came, as a share of what came. Into FOLDER goes all that was told, a file of JSON lines for each audit.
 */
export async function main([
  kinds = Object.keys(dataKinds).join(),
  asked = machines.join(),
  keep,
]: readonly string[]): Promise<void> {
  // bench/run.mjs runs this.
  const root = resolve(process.argv[1] ?? '', '../..');
  const data = createTemporaryFolder(tmpdir(), 'assay-progress-');
  const built = createTemporaryFolder(join(root, 'node_modules/.cache/assay-bench'), 'progress-');
  try {
    const programs = join(built.path, 'out', 'main');
    mkdirSync(programs, { recursive: true });
    writeFileSync(join(built.path, 'package.json'), JSON.stringify({ name: 'assay', version: '0.0.0-progress' }));
    await bundle(
      root,
      { audit: 'bench/progress/auditChild.ts', compute: entries.compute, encoder: entries.encoder },
      programs,
    );
    if (keep !== undefined) mkdirSync(keep, { recursive: true });
    const rows: object[] = [];
    for (const kind of kinds.split(',')) {
      if (!isKind(kind)) throw new Error(`There is no kind ${kind}: ${Object.keys(dataKinds).join(', ')}.`);
      const file = join(data.path, `${kind}.csv`);
      await writeData(file, dataKinds[kind]);
      for (const machine of machines.filter((one) => asked.split(',').includes(one))) {
        const moments = await audit(join(programs, 'audit.js'), file, machine);
        const text = moments.map((moment) => JSON.stringify(moment)).join('\n');
        if (keep !== undefined) writeFileSync(join(keep, `${kind}-${machine}.jsonl`), `${text}\n`);
        rows.push(rowOf(kind, machine, moments));
      }
    }
    console.table(rows);
  } finally {
    data.remove();
    built.remove();
  }
}

function isKind(name: string): name is DataKind {
  return name in dataKinds;
}

async function audit(program: string, file: string, machine: Machine): Promise<Moment[]> {
  const busy = machine === 'loaded' ? spawn(process.execPath, ['-e', 'for (;;);']) : undefined;
  try {
    const child = spawn(process.execPath, [program, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    const code = await endOf(child);
    if (code !== 0) throw new Error(`The audit of ${file} ended with code ${code}.`);
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Moment);
  } finally {
    busy?.kill();
  }
}

async function endOf(child: ChildProcess): Promise<number> {
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? -1;
}

function rowOf(kind: DataKind, machine: Machine, moments: readonly Moment[]): object {
  const { seconds, quarters, mean, rise, silence } = readMoments(moments);
  const percent = (share: number): string => `${Math.round(100 * share)} %`;
  return {
    data: `${kind}: ${dataKinds[kind].rows} × ${dataKinds[kind].numbers} × ${dataKinds[kind].classes}`,
    machine,
    seconds: seconds.toFixed(1),
    'error at ¼': percent(quarters[0]),
    'at ½': percent(quarters[1]),
    'at ¾': percent(quarters[2]),
    'mean error': percent(mean),
    'rose by': percent(rise),
    'silent for s': silence.toFixed(1),
  };
}
