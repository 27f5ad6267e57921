import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { NumericalError } from '../../src/core/base/errors';
import { peakMib } from './peakMib';
import { readRanking } from './readRanking';
import type { AssayTask, TaskInputs } from './task';
import { vector } from './task';

/** Of what `assay audit --json` prints: what is told of a file by itself. */
const printedSchema = z.object({
  audit: z.object({ stageSeconds: z.record(z.string(), z.number()), head: z.object({ l2: z.number() }) }),
});

/** `assay audit` with its defaults but for the head, one process a file: what a person gets, and waits for. */
export function createTablesTask({ data, settings, command }: TaskInputs): Promise<AssayTask> {
  const files = String(settings['files']).split(',');
  const head = String(settings['head'] ?? 'auto');
  const [, , backend] = process.argv;
  const rankings = new Map<string, Float64Array>();
  return Promise.resolve({
    async run() {
      const scratch = mkdtempSync(join(tmpdir(), 'assay-bench-tables-'));
      try {
        const seconds: Record<string, number> = {};
        const peaks: number[] = [];
        let one: Awaited<ReturnType<typeof audit>> | undefined;
        for (const file of files) {
          const out = join(scratch, file);
          const start = performance.now();
          const asked = ['--label', 'label', '--head', head, '--backend', backend, '--out', out, '--json'];
          one = await audit([command, 'audit', join(data, `${file}.csv`), ...asked]);
          seconds[file] = (performance.now() - start) / 1000;
          peaks.push(one.peak);
          rankings.set(file, readRanking(readFileSync(join(out, 'scores.csv'), 'utf8')));
        }
        const told = files.length === 1 && one !== undefined ? describe(one.printed, seconds[files[0]]) : {};
        return { seconds, command_peak_mib: Math.round(Math.max(...peaks)), ...told };
      } finally {
        rmSync(scratch, { recursive: true, force: true });
      }
    },
    outputs: () => Object.fromEntries([...rankings].map(([file, scores]) => [file, vector(scores)])),
  });
}

/** λ, and the seconds by stage; `rest`: starting, reading the file, writing results. */
function describe(printed: string, seconds: number): Record<string, unknown> {
  const { stageSeconds, head } = printedSchema.parse(JSON.parse(printed)).audit;
  const rest = seconds - Object.values(stageSeconds).reduce((sum, stage) => sum + stage, 0);
  return { l2: head.l2, stages: { rest, ...stageSeconds } };
}

/**
 * What the command printed, and its peak memory in MiB, looked at every 50 ms.
 * @throws NumericalError with what the command said when it failed.
 */
async function audit(args: readonly string[]): Promise<{ readonly printed: string; readonly peak: number }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject));
  const printed = text(child.stdout);
  const said = text(child.stderr);
  let peak = Number.NaN;
  while (child.exitCode === null && child.signalCode === null) {
    peak = peakMib(child.pid) ?? peak;
    await Promise.race([ended, sleep(50)]);
  }
  if ((await ended) !== 0) throw new NumericalError(`assay ${args.slice(1).join(' ')}: ${(await said).slice(-1000)}`);
  return { printed: await printed, peak };
}
