import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, type BuiltCli } from './builtCli';

const folder = mkdtempSync(join(tmpdir(), 'assay-cli-together-'));
const out = join(folder, 'out');
const file = join(folder, 'out.csv');
const data = join(folder, 'data.csv');
const project = join(folder, 'data.assay');
let cli: BuiltCli;

beforeAll(async () => {
  writeFileSync(data, 'a,b,label,part\n1,2,x,train\n2,1,y,validation\n');
  cli = await buildCli();
}, 180_000);

afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function refuses(args: readonly string[], message: RegExp): Promise<void> {
  const { code, stdout, stderr } = await cli.run(...args);
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
  expect(stdout).toBe('');
}

describe('a study of an audited project', () => {
  const studies = [
    ['fidelity', '--out', out],
    ['influence', '--out', file],
    ['subset', '--size', '3'],
    ['explain', '--row', '3'],
    ['groups', '--by', 'a'],
    ['unlearn', '--remove', file],
  ];

  it.each(studies)('%s refuses what belongs to a data file, naming it', async (...study) => {
    await refuses([...study, '--project', project, '--label', 'kind'], /^assay: --label belongs to a data file: /);
  });

  it.each([
    ['--l2', 'auto'],
    ['--head', 'logistic'],
    ['--no-intercept'],
    ['--scale', 'columns'],
    ['--validation', 'none'],
    ['--skip-lines', '2'],
    ['--problems', file],
  ])('refuses %s', async (...option) => {
    const message = new RegExp(`^assay: ${option[0]} belongs to a data file: `);
    await refuses(['groups', '--by', 'a', ...option, '--project', project], message);
  });

  it('takes what computes, and the seed', async () => {
    const taken = ['--backend', 'float64', '--seed', '3', '--overwrite'];
    const { stderr } = await cli.run('groups', '--by', 'a', ...taken, '--project', project);
    expect(stderr).toMatch(/data\.assay/);
    expect(stderr).not.toMatch(/belongs to a data file/);
  });
});

/** What nobody would read is said, and nothing begins. */
describe('options that do not go together', () => {
  it.each([
    [['subset', data, '--size', '3', '--limit', '5'], /'--limit <count>' cannot be used with option '--size/],
    [['subset', data, '--flip', '1', '--measure', 'training_loss'], /'--measure.*cannot be used with option '--flip/],
    [['subset', data, '--flip', '1', '--direction', 'raise'], /'--direction.*cannot be used with option '--flip/],
    [['subset', data, '--flip', '1', '--method', 'greedy-if'], /--flip looks for its set by .* not greedy-if/],
    [['subset', data, '--flip', '1', '--method', 'dinkelbach'], /--flip looks for its set by .* not dinkelbach/],
    [['audit', data, '--out', out, '--threshold', '0.9', '--top', '3'], /'--threshold.*cannot be used with.*'--top/],
    [['export', '--project', folder, '--out', out, '--threshold', '0.9', '--top', '3'], /'--threshold.*'--top/],
    [['influence', data, '--out', file, '--ihvp', 'cg', '--rank', '8'], /--rank: cg keeps no directions; arnoldi/],
    [['groups', data, '--by', 'a', '--split', 'part', '--validation', 'none'], /--split .* --validation none/],
    [
      ['fidelity', data, '--out', out, '--head', 'ridge', '--similar-labels', 'keep'],
      /--similar-labels .* --head ridge/,
    ],
  ])('are refused: %j', async (args, message) => {
    await refuses(args, message);
  });
});
