import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Papa from 'papaparse';
import { NumericalError } from '../../src/core/base/errors';
import type { AssayTask, TaskInputs } from './task';
import { vector } from './task';

/** `assay annotators` with its defaults, one process a file: from the CSV file to its results. */
export function createAnnotatorsTask({ data, settings, command }: TaskInputs): Promise<AssayTask> {
  const files = String(settings['files']).split(',');
  const [, , backend] = process.argv;
  const found = new Map<string, Float64Array>();
  return Promise.resolve({
    run() {
      const scratch = mkdtempSync(join(tmpdir(), 'assay-bench-annotators-'));
      try {
        const seconds: Record<string, number> = {};
        for (const file of files) {
          const out = join(scratch, file);
          const start = performance.now();
          findConsensus([command, 'annotators', join(data, `${file}.csv`), '--backend', backend, '--out', out]);
          seconds[file] = (performance.now() - start) / 1000;
          found.set(`consensus-${file}`, readColumn(join(out, 'consensus.csv'), 'consensus'));
          found.set(`quality-${file}`, readColumn(join(out, 'annotators.csv'), 'accuracy'));
        }
        return { seconds };
      } finally {
        rmSync(scratch, { recursive: true, force: true });
      }
    },
    outputs: () => Object.fromEntries([...found].map(([name, values]) => [name, vector(values)])),
  });
}

/** @throws NumericalError with what the command said when it failed. */
function findConsensus(args: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [...args, '--annotators', 'label_*'], { encoding: 'utf8' });
  if (status !== 0) throw new NumericalError(`assay ${args.slice(1).join(' ')}: ${stderr.slice(-1000)}`);
}

/** Numbers, or the numbers of classes (c3 is 3); NaN for blank cells. */
function readColumn(path: string, name: string): Float64Array {
  const text = readFileSync(path, 'utf8');
  const { data } = Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true });
  return Float64Array.from(data, (line) => (line[name] === '' ? Number.NaN : Number(line[name].replace(/^c/, ''))));
}
