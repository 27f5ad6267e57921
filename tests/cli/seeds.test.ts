import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/base/random';
import { chooseExperts } from '../../src/core/ranking/suspicion/expertNames';
import { buildCli, type BuiltCli } from './builtCli';

const folder = mkdtempSync(join(tmpdir(), 'assay-seeds-'));
let cli: BuiltCli;

beforeAll(async () => {
  cli = await buildCli();
}, 180_000);

afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** Numbers with missing cells and values far out, categories with rare values, and a few rows without a label. */
function untidyTable(): string {
  const random = createRandom(31);
  const lines = ['a,b,kind,label'];
  for (let i = 0; i < 160; i++) {
    const side = i % 3;
    const a = random.uniform() < 0.1 ? '' : (random.normal() + 2 * Number(side === 1)).toFixed(3);
    const b = (random.normal() + (i % 40 === 0 ? 50 : 2 * Number(side === 2))).toFixed(3);
    const kind = random.uniform() < 0.05 ? `rare${i}` : `k${(side + Number(random.uniform() < 0.3)) % 3}`;
    const label = random.uniform() < 0.1 ? (side + 1) % 3 : side;
    lines.push(`${a},${b},${kind},${random.uniform() < 0.03 ? '' : 'xyz'[label]}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Columns of a comma-separated file without quoted cells. */
function columnsOf(file: string): ReadonlyMap<string, string[]> {
  const [header, ...rows] = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  return new Map(header.map((name, at) => [name, rows.map((row) => row[at])]));
}

describe('assay audit --seed', () => {
  it('changes which rows validate, and nothing of what five experts say in two rounds', async () => {
    const data = join(folder, 'data.csv');
    writeFileSync(data, untidyTable());
    const audit = async (seed: string): Promise<ReadonlyMap<string, string[]>> => {
      const out = join(folder, `seed-${seed}`);
      const run = await cli.run('audit', data, '--label', 'label', '--seed', seed, '--out', out);
      expect(run.stderr + run.code).toMatch(/0$/);
      const manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as {
        audit: { expertWeights: { name: string }[]; rounds: number; rowsSetAside: number };
      };
      const { expertWeights, rounds, rowsSetAside } = manifest.audit;
      expect(expertWeights.map(({ name }) => name)).toEqual(chooseExperts('auto', 0, false));
      expect(rounds).toBe(2);
      expect(rowsSetAside).toBeGreaterThan(0);
      expect(run.stdout).toContain(`two: ${rowsSetAside} rows did not take part`);
      return columnsOf(join(out, 'scores.csv'));
    };
    const first = await audit('1');
    const second = await audit('2');
    for (const name of ['suspicion', 'rank', 'suggested_label']) {
      expect(first.get(name), name).toHaveLength(160);
      expect(second.get(name), name).toEqual(first.get(name));
    }
    expect(second.get('split')).not.toEqual(first.get('split'));
    expect(second.get('loss')).not.toEqual(first.get('loss'));
  });
});
