import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { bundle, entries } from '../bundling';
import type { Estimated } from './estimates/estimateChild';
import { createTemporaryFolder } from './runner/temporaryFolder';

/**
 * What audits are expected to take beside what they take: node bench/run.mjs estimates FILE[=SETTINGS] … Each file is
 * audited in a process of its own with an empty cache, once: seconds are those of the machine as it is, and told by
 * stage. SETTINGS are those that differ from the defaults, as JSON: pictures.zip={"pictures":"pixels"}.
 */
export async function main(files: readonly string[]): Promise<void> {
  // bench/run.mjs runs this.
  const root = resolve(process.argv[1] ?? '', '../..');
  const built = createTemporaryFolder(join(root, 'node_modules/.cache/assay-bench'), 'estimates-');
  try {
    const programs = join(built.path, 'out', 'main');
    mkdirSync(programs, { recursive: true });
    writeFileSync(join(built.path, 'package.json'), JSON.stringify({ name: 'assay', version: '0.0.0-estimates' }));
    await bundle(
      root,
      { audit: 'bench/estimates/estimateChild.ts', compute: entries.compute, encoder: entries.encoder },
      programs,
    );
    for (const asked of files) {
      const [file, settings = '{}'] = asked.split('=');
      const cache = createTemporaryFolder(tmpdir(), 'assay-estimates-');
      try {
        const env = { ...process.env, ASSAY_CACHE: cache.path };
        tell(basename(asked), await run([join(programs, 'audit.js'), root, resolve(file), settings], env));
      } finally {
        cache.remove();
      }
    }
  } finally {
    built.remove();
  }
}

async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Estimated> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`The audit ended with code ${code ?? 'none'}.`);
  return JSON.parse(text) as Estimated;
}

function tell(name: string, { rows, features, stages, memory }: Estimated): void {
  const sum = (of: (stage: Estimated['stages'][number]) => number): string =>
    stages.reduce((total, stage) => total + of(stage), 0).toFixed(1);
  const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
  console.log(
    `${name}: ${rows} rows, features ${features.expected} / ${features.found}, ` +
      `seconds ${sum(({ expected }) => expected)} / ${sum(({ took }) => took)}, ` +
      `MiB ${mebibytes(memory.expected)} / ${mebibytes(memory.took)}  (expected / real)`,
  );
  console.log(
    stages.map((stage) => `  ${stage.name} ${stage.expected.toFixed(1)} / ${stage.took.toFixed(1)}`).join('\n'),
  );
}
