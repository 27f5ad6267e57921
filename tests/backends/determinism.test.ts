import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleThread } from './bundleThread';
import { nativeSkipReason } from './installedTensorflow';

interface Trial {
  readonly fingerprints: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, readonly (number | null)[]>>;
}

const reason = nativeSkipReason();

describe.skipIf(reason !== undefined)(
  `an audit on native TensorFlow${reason === undefined ? '' : `: ${reason}`}`,
  () => {
    let program = '';
    beforeAll(async () => {
      program = await bundleThread('tests/backends/trialAudit.ts');
    });
    afterAll(async () => {
      if (existsSync(program)) await rm(dirname(program), { recursive: true });
    });

    const audit = async (threads: number, ...sizes: readonly number[]): Promise<Trial> => {
      const { stdout } = await promisify(execFile)(process.execPath, [program, ...sizes.map(String)], {
        env: { ...process.env, TF_NUM_INTRAOP_THREADS: String(threads) },
        maxBuffer: 2 ** 28,
      });
      return JSON.parse(stdout) as Trial; // Written by trialAudit.ts.
    };

    it.each([
      ['binary', 3000, 460, 2],
      ['softmax, too large to form its Hessian', 2500, 400, 5],
    ])(
      'gives the same bits in every process, and with one thread the same numbers within 1e-6 (%s)',
      async (_name, ...sizes) => {
        const first = await audit(2, ...sizes);
        const again = await audit(2, ...sizes);
        expect(again.fingerprints).toEqual(first.fingerprints);
        const single = await audit(1, ...sizes);
        for (const [name, values] of Object.entries(first.values)) {
          expect(worst(single.values[name], values), name).toBeLessThan(1e-6);
        }
      },
    );
  },
);

/** Largest difference, relative to the largest number; infinite where only one of two is a number. */
function worst(a: readonly (number | null)[], b: readonly (number | null)[]): number {
  const size = b.reduce<number>((most, value) => Math.max(most, Math.abs(value ?? 0)), 0);
  const differences = b.map((value, i) => {
    const other = a[i];
    if (value === null || other === null) return value === other ? 0 : Number.POSITIVE_INFINITY;
    return Math.abs(other - value) / size;
  });
  return differences.reduce((most, value) => Math.max(most, value), 0);
}
