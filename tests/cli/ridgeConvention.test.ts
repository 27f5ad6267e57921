import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/base/random';
import { buildCli, type BuiltCli, type CliRun } from './builtCli';

const folder = mkdtempSync(join(tmpdir(), 'assay-cli-convention-'));
const at = (name: string): string => join(folder, name);
const project = at('data.assay');
const labelled = [at('data.csv'), '--label', 'label', '--ignore', 'response'] as const;
/** λ large enough for the conventions to differ. */
const l2 = ['--l2', '0.05'] as const;
let cli: BuiltCli;

beforeAll(async () => {
  const random = createRandom(21);
  const lines = ['a,b,response,label'];
  for (let i = 0; i < 100; i++) {
    const side = i % 2;
    const [a, b] = [random.normal() + side, random.normal()];
    const response = a - b + 0.3 * random.normal();
    lines.push(`${a.toFixed(3)},${b.toFixed(3)},${response.toFixed(3)},${random.uniform() < 0.1 ? 1 - side : side}`);
  }
  writeFileSync(at('data.csv'), `${lines.join('\n')}\n`);
  cli = await buildCli();
  expect((await cli.run('audit', ...labelled, ...l2, '--project', project, '--out', at('audit'))).code).toBe(0);
}, 180_000);

afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** The same command under both conventions. */
async function both(...args: readonly string[]): Promise<{ fixed: CliRun; mean: CliRun }> {
  const fixed = await cli.run(...args);
  const mean = await cli.run(...args, '--ridge-convention', 'mean');
  expect([fixed.code, mean.code], mean.stderr).toEqual([0, 0]);
  return { fixed, mean };
}

describe('--ridge-convention', () => {
  it('of verify changes predictions and truth alike, and is said', async () => {
    const run = await both('verify', '--project', project, '--top', '8', '--repeats', '1', '--json');
    const [fixed, mean] = [run.fixed, run.mean].map(
      ({ stdout }) =>
        JSON.parse(stdout) as { ridgeConvention: string; actual: number; predicted: { newton: number; if: number } },
    );
    expect([fixed.ridgeConvention, mean.ridgeConvention]).toEqual(['fixed', 'mean']);
    const apart = mean.actual - fixed.actual;
    expect(Math.abs(apart)).toBeGreaterThan(1e-4);
    expect((mean.predicted.newton - fixed.predicted.newton) / apart).toBeCloseTo(1, 0);
    const shown = await cli.run(
      ...['verify', '--project', project, '--top', '8', '--repeats', '1', '--ridge-convention', 'mean'],
    );
    expect(shown.stdout).toMatch(/ridge convention mean: the removed rows leave the n of the ridge term too/);
  });

  it('of influence adds the same to the IF effect of every row', async () => {
    const args = ['influence', '--project', project, '--method', 'if,rif', '--json'];
    const mean = await cli.run(...args, '--ridge-convention', 'mean', '--out', at('mean.csv'));
    expect(JSON.parse(mean.stdout)).toMatchObject({ ridgeConvention: 'mean' });
    expect((await cli.run(...args, '--out', at('fixed.csv'))).code).toBe(0);
    const columns = ['fixed.csv', 'mean.csv'].map((name) =>
      readFileSync(at(name), 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(',').slice(2).map(Number)),
    );
    const added = columns[1].map(([byIf], row) => byIf - columns[0][row][0]);
    expect(Math.abs(added[0])).toBeGreaterThan(1e-6);
    for (const one of added) expect(one).toBeCloseTo(added[0], 12);
    // RIF of the released code stretches it by 1/(1 − h).
    columns[1].forEach(([, byRif], row) => {
      expect((byRif - columns[0][row][1]) / added[0]).toBeGreaterThan(1);
    });
  });

  it('of subset is that of estimates and retraining', async () => {
    const run = await both(
      ...['subset', '--project', project, '--size', '8', '--method', 'greedy-rif', '--verify', '--json'],
    );
    const [fixed, mean] = [run.fixed, run.mean].map(
      ({ stdout }) => JSON.parse(stdout) as { rows: number[]; actual: number; predicted: { newton: number } },
    );
    expect(mean.rows).toEqual(fixed.rows);
    const apart = mean.actual - fixed.actual;
    expect(Math.abs(apart)).toBeGreaterThan(1e-4);
    expect((mean.predicted.newton - fixed.predicted.newton) / apart).toBeCloseTo(1, 0);
  });

  it('of fidelity keeps the Newton step of a ridge head exact', async () => {
    const run = await cli.run(
      ...['fidelity', at('data.csv'), '--label', 'response', '--features', 'a,b', '--head', 'ridge', ...l2, '--json'],
      ...['--sizes', '5%', '--repeats', '2', '--margins', '1', '--lds', '0', '--ridge-convention', 'mean'],
      ...['--out', at('fidelity')],
    );
    expect(run.code).toBe(0);
    const summary = JSON.parse(readFileSync(at('fidelity/summary.json'), 'utf8')) as {
      ridge_convention: string;
      newton: { validation_loss: { slope: number; median_relative_error: number } };
    };
    expect(summary.ridge_convention).toBe('mean');
    expect(summary.newton.validation_loss.median_relative_error).toBeLessThan(1e-6);
  });

  it('takes no other name, nor a flip, and is explained by --help', async () => {
    const out = at('no.csv');
    const unknown = await cli.run('influence', ...labelled, '--ridge-convention', 'sum', '--out', out);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toMatch(/Allowed choices are fixed, mean/);
    expect(existsSync(out)).toBe(false);
    const flip = await cli.run('subset', '--project', project, '--flip', '3', '--ridge-convention', 'mean');
    expect(flip.code).toBe(2);
    expect(flip.stderr).toMatch(/--flip .* --ridge-convention fixed only/);
    for (const command of ['verify', 'fidelity', 'influence', 'subset']) {
      expect((await cli.run(command, '--help')).stdout).toMatch(/--ridge-convention <name>/);
    }
  });
});
