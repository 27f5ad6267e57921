import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NumericalError } from '../../src/core/base/errors';
import { readRanking } from './readRanking';
import type { AssayTask, TaskInputs } from './task';
import { vector } from './task';

/** `assay audit` with its defaults but for the head, one process a file: what a person gets, and waits for. */
export function createTablesTask({ data, settings, command }: TaskInputs): Promise<AssayTask> {
  const files = String(settings['files']).split(',');
  const head = String(settings['head'] ?? 'auto');
  const [, , backend] = process.argv;
  const rankings = new Map<string, Float64Array>();
  return Promise.resolve({
    run() {
      const scratch = mkdtempSync(join(tmpdir(), 'assay-bench-tables-'));
      try {
        const seconds: Record<string, number> = {};
        for (const file of files) {
          const out = join(scratch, file);
          const start = performance.now();
          const asked = ['--label', 'label', '--head', head, '--backend', backend, '--out', out];
          audit([command, 'audit', join(data, `${file}.csv`), ...asked]);
          seconds[file] = (performance.now() - start) / 1000;
          rankings.set(file, readRanking(readFileSync(join(out, 'scores.csv'), 'utf8')));
        }
        return { seconds };
      } finally {
        rmSync(scratch, { recursive: true, force: true });
      }
    },
    outputs: () => Object.fromEntries([...rankings].map(([file, scores]) => [file, vector(scores)])),
  });
}

/** @throws NumericalError with what the command said when it failed. */
function audit(args: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new NumericalError(`assay ${args.slice(1).join(' ')}: ${stderr.slice(-1000)}`);
}
