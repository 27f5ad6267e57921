import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/base/random';
import { buildCli, type BuiltCli } from './builtCli';

const folder = mkdtempSync(join(tmpdir(), 'assay-cli-'));
const at = (name: string): string => join(folder, name);
const project = at('data.assay');
let cli: BuiltCli;

beforeAll(async () => {
  const random = createRandom(12);
  const lines = ['name,a,b,response,label'];
  for (let i = 0; i < 150; i++) {
    const side = i % 3;
    const [a, b] = [random.normal() + 2 * Number(side === 1), random.normal() + 2 * Number(side === 2)];
    const label = random.uniform() < 0.1 ? (side + 1) % 3 : side;
    lines.push(`r${i},${a.toFixed(3)},${b.toFixed(3)},${(a - b + 0.2 * random.normal()).toFixed(3)},${'xyz'[label]}`);
  }
  writeFileSync(at('data.csv'), `${lines.join('\n')}\n`);
  cli = await buildCli();
  const columns = ['--label', 'label', '--id', 'name', '--ignore', 'response'];
  const audited = await cli.run(
    'audit',
    at('data.csv'),
    ...columns,
    '--top',
    '6',
    '--project',
    project,
    '--out',
    at('audit'),
  );
  expect(audited.stderr + audited.code).toMatch(/0$/);
}, 180_000);

afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

interface AxesManifest {
  readonly settings: { readonly scale: string };
  readonly audit: { readonly notes: readonly string[] };
  readonly features: {
    readonly features: readonly { readonly scale: number }[];
    readonly embeddings?: readonly { readonly scale: number }[];
  };
}

describe('assay audit', () => {
  it('gives principal axes one scale, says so, and does otherwise when it is told to', async () => {
    const random = createRandom(4);
    const axes = Array.from({ length: 16 }, (_, k) => 3 * 0.85 ** k);
    const lines = [[...axes.map((_, k) => `pc${k + 1}`), 'label'].join(',')];
    for (let i = 0; i < 120; i++) {
      const numbers = axes.map((spread) => spread * random.normal());
      lines.push([...numbers.map((value) => value.toFixed(4)), numbers[0] > 0 ? 'up' : 'down'].join(','));
    }
    writeFileSync(at('axes.csv'), `${lines.join('\n')}\n`);
    const audit = async (name: string, ...options: string[]): Promise<AxesManifest> => {
      const run = await cli.run('audit', at('axes.csv'), ...options, '--out', at(name));
      expect(run.stderr + run.code).toMatch(/0$/);
      return JSON.parse(readFileSync(join(at(name), 'manifest.json'), 'utf8')) as AxesManifest;
    };
    const together = await audit('together');
    expect(together.settings.scale).toBe('auto');
    expect(together.audit.notes.join(' ')).toContain('16 columns, pc1 … pc16, are taken as one embedding');
    const [embedding] = together.features.embeddings ?? [];
    expect(embedding).toMatchObject({ first: 'pc1', last: 'pc16', columns: 16 });
    const scales = ({ features: { features } }: AxesManifest): number[] =>
      features.slice(0, 16).map(({ scale }) => scale);
    expect(new Set(scales(together))).toEqual(new Set([embedding.scale]));
    const apart = await audit('apart', '--scale', 'columns');
    expect(apart.features.embeddings).toBeUndefined();
    expect(embedding.scale).toBeCloseTo(Math.hypot(...scales(apart)) / 4, 10);
    const unscaled = await audit('unscaled', '--scale', 'blocks', '--no-standardize');
    expect(new Set(scales(unscaled))).toEqual(new Set([1]));
    const wrong = await cli.run('audit', at('axes.csv'), '--scale', 'rows', '--out', at('none'));
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/auto, columns, blocks/);
  });

  it('asks the experts that it is told to, and names them with their strengths', async () => {
    const run = await cli.run(
      ...['audit', at('data.csv'), '--label', 'label', '--id', 'name', '--ignore', 'response'],
      ...['--experts', 'trees,head', '--rounds', '1', '--out', at('forests')],
    );
    expect(run.stdout).toMatch(/experts +head \d\.\d\d, trees \d\.\d\d \(strength\)\n/);
    expect(run.stdout).toMatch(/rounds +one\n/);
    expect(run.code).toBe(0);
    const manifest = JSON.parse(readFileSync(join(at('forests'), 'manifest.json'), 'utf8')) as Record<string, unknown>;
    expect(manifest['settings']).toMatchObject({ experts: ['trees', 'head'], rounds: 1 });
    expect(manifest['audit']).toMatchObject({
      expertWeights: [{ name: 'head' }, { name: 'trees' }],
      expertsLeftOut: [],
      rounds: 1,
      rowsSetAside: 0,
      forests: { trees: 150, seed: 0 },
    });
    const thrice = await cli.run('audit', at('data.csv'), '--rounds', '3', '--out', at('none'));
    expect(thrice.stderr).toMatch(/Give 1 or 2/);
    const wrong = await cli.run('audit', at('data.csv'), '--experts', 'head,woods', '--out', at('none'));
    expect(wrong.stderr).toMatch(/no expert “woods”/);
    expect(wrong.code).toBe(2);
  });
});

describe('assay verify', () => {
  it('prints what was predicted, what came out and the random removals, as JSON', async () => {
    const run = await cli.run('verify', '--project', project, '--top', '5', '--repeats', '3', '--seed', '2', '--json');
    expect(run.code).toBe(0);
    const shown = JSON.parse(run.stdout) as {
      random: { predicted: { newton: number }; actual: number }[];
      measurements: Record<string, unknown>;
    };
    expect(shown).toMatchObject({
      measurement: 'validation_loss',
      predicted: { if: expect.any(Number), rif: expect.any(Number), newton: expect.any(Number) },
      actual: expect.any(Number),
      rowCount: 5,
      otherRows: 0,
      repeats: 3,
    });
    const { random } = shown as { random: { predicted: { newton: number }; actual: number }[] };
    expect(random).toHaveLength(3);
    for (const { predicted, actual } of random) {
      expect(Math.abs(predicted.newton - actual)).toBeLessThan(0.2 * Math.abs(actual) + 1e-5);
    }
    expect(Object.keys(shown.measurements)).toEqual(expect.arrayContaining(['validation_accuracy', 'training_loss']));
  });

  it('ends up in the report, with its verdict', async () => {
    const page = at('report.html');
    const run = await cli.runAlone('report', '--project', project, '--out', page, '--json');
    expect(run.stderr + run.code).toBe('0');
    const text = readFileSync(page, 'utf8');
    expect(JSON.parse(run.stdout)).toMatchObject({ file: page, bytes: Buffer.byteLength(text) });
    expect(text).toMatch(/Removing the 5 most suspicious rows \w+ the validation loss by/);
    expect(text).toContain('data.csv');
    const wrong = await cli.run('report', '--project', project, '--out', at('report.doc'));
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('.html');
  });

  it('takes the removal list that the audit wrote, and ids, for the same rows', async () => {
    const list = readFileSync(at('audit/removal_list.csv'), 'utf8').trim().split('\n').slice(1);
    writeFileSync(at('ids.txt'), `${list.map((line) => line.split(',')[1]).join('\n')}\n`);
    const byRow = await cli.run(
      'verify',
      '--project',
      project,
      '--remove',
      at('audit/removal_list.csv'),
      '--repeats',
      '1',
      '--json',
    );
    const byId = await cli.run('verify', '--project', project, '--remove', at('ids.txt'), '--repeats', '1', '--json');
    const [first, second] = [byRow, byId].map(({ stdout }) => JSON.parse(stdout) as { rows: number[]; actual: number });
    expect(list).toHaveLength(6);
    expect(first.rows.length).toBe(6);
    expect(second.rows).toEqual(first.rows);
    expect(second.actual).toBe(first.actual);
  });

  it('prints a table for people', async () => {
    const { stdout, code } = await cli.run('verify', '--project', project, '--top', '4', '--repeats', '2');
    expect(code).toBe(0);
    expect(stdout).toMatch(/removed +4 of \d+ training rows .* the 4 most suspicious training rows/);
    expect(stdout).toMatch(/before +IF +RIF +Newton +retrained +random \(2\) +rank/);
    expect(stdout).toMatch(/validation_loss .* [12](\.5)? of 3|validation_loss .* 3 of 3/);
  });

  it.each([
    [['--top', '4', '--remove', 'x'], /either --remove FILE or --top K/],
    [['--remove', 'nowhere.csv'], /There is no file .*nowhere\.csv\. Check the name/],
    [['--top', '100000'], /only \d+ ranked training rows/],
    [['--top', '0'], /1 or more/],
  ])('refuses %j with exit code 2', async (args, message) => {
    const { code, stdout, stderr } = await cli.run('verify', '--project', project, ...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
  });
});

describe('a list of a fixed length', () => {
  it.each([
    ['audit', () => [at('data.csv')]],
    ['export', () => ['--project', project]],
  ])('of no row is refused by %s: nothing could be said of why it is empty', async (command, source) => {
    const { code, stdout, stderr } = await cli.run(command, ...source(), '--out', at('none'), '--top', '0');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/--top.*1 or more/s);
  });
});

describe('assay fidelity', () => {
  const small = ['--sizes', '1%,5%', '--repeats', '2', '--margins', '1', '--lds', '4'];

  it('writes a table, a summary and a chart that agree', async () => {
    const out = at('fidelity');
    const columns = ['--label', 'label', '--id', 'name', '--ignore', 'response'];
    const { code, stdout } = await cli.run('fidelity', at('data.csv'), ...columns, ...small, '--out', out);
    expect(code).toBe(0);
    expect(stdout).toContain('softmax head, 120 training and 30 validation rows');
    const [header, ...lines] = readFileSync(join(out, 'fidelity.csv'), 'utf8').trim().split('\n');
    expect(header.split(',').slice(0, 6)).toEqual(['strategy', 'size', 'measurement', 'method', 'predicted', 'actual']);
    expect(lines).toHaveLength(4 * 2 * 2 * 4 * 3);
    const summary = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as Record<
      string,
      Record<string, { median_relative_error: number }>
    >;
    for (const method of ['if', 'rif', 'newton']) {
      const errors = lines
        .map((line) => line.split(','))
        .filter(([, , measurement, of]) => measurement === 'validation_loss' && of === method)
        .map(([, , , , predicted, actual]) => Math.abs(Number(predicted) - Number(actual)) / Math.abs(Number(actual)))
        .sort((a, b) => a - b);
      const median = (errors[errors.length / 2 - 1] + errors[errors.length / 2]) / 2;
      expect(summary[method].validation_loss.median_relative_error).toBeCloseTo(median, 10);
      for (const measurement of ['margin', 'training_loss']) expect(summary[method][measurement]).toBeDefined();
    }
    expect(readFileSync(join(out, 'fidelity.svg'), 'utf8')).toMatch(/^<svg[\s\S]*<\/svg>\n$/);
  });

  it('studies a numeric label with the ridge head, and an audited project', async () => {
    const ridge = await cli.run(
      ...['fidelity', at('data.csv'), '--label', 'response', '--features', 'a,b', '--head', 'ridge'],
      ...[...small, '--out', at('ridge'), '--json'],
    );
    expect(ridge.code).toBe(0);
    const summary = JSON.parse(ridge.stdout) as {
      newton: { validation_loss: { slope: number } };
      head: { kind: string };
    };
    expect(summary.head.kind).toBe('ridge');
    expect(summary.newton.validation_loss.slope).toBeCloseTo(1, 5);
    const audited = await cli.run('fidelity', '--project', project, ...small, '--out', at('audited'));
    expect(audited.code).toBe(0);
    expect(existsSync(at('audited/summary.json'))).toBe(true);
  });

  it('sweeps λ or the rows, and refuses what a sweep would not read', async () => {
    const sweep = async (...args: string[]) =>
      cli.run(
        ...['fidelity', at('data.csv'), '--label', 'label', '--id', 'name', '--ignore', 'response'],
        ...['--sizes', '5%', '--repeats', '1', '--margins', '1', '--out', at('sweep'), ...args],
      );
    const l2 = await sweep('--sweep', 'l2=1e-3..1', '--sweep-points', '3', '--json');
    expect(l2.stderr + l2.code).toMatch(/0$/);
    expect(JSON.parse(l2.stdout)).toMatchObject({
      points: [{ l2: 1e-3, train_rows: 120 }, { train_rows: 120 }, { l2: 1 }],
      removal_sets: 4,
      files: ['sweep-l2.csv', 'sweep-l2.json', 'sweep-l2.svg'],
    });
    const rows = await sweep('--sweep', 'rows=0.5..1', '--sweep-points', '2');
    expect(rows.stdout).toMatch(/of 2 points over all sets/);
    const lines = readFileSync(join(at('sweep'), 'sweep-rows.csv'), 'utf8')
      .trim()
      .split('\n');
    expect(lines).toHaveLength(1 + 2 * 4 * 3);
    expect(new Set(lines.slice(1).map((line) => line.split(',')[1]))).toEqual(new Set(['60', '120']));
    expect(readFileSync(join(at('sweep'), 'sweep-l2.svg'), 'utf8')).toMatch(/^<svg[\s\S]*<\/svg>\n$/);
    const refused = await sweep('--sweep', 'l2=1e-3..1', '--lds', '5');
    expect(refused.stderr).toMatch(/--sweep.*cannot be used with.*--lds/);
    expect((await sweep('--sweep-points', '5')).stderr).toMatch(/--sweep-points belongs to --sweep/);
  });

  it('says what single rows do to a numeric label', async () => {
    const columns = ['--label', 'response', '--features', 'a,b', '--head', 'ridge'];
    const influence = await cli.run(
      ...['influence', at('data.csv'), ...columns, '--method', 'rif', '--attribution', 'loo,self'],
      ...['--out', at('numbers.csv'), '--json'],
    );
    expect(JSON.parse(influence.stdout)).toMatchObject({
      columns: ['validation_loss_rif', 'self_influence_if', 'self_influence_rif', 'leverage', 'loo_loss'],
    });
    const [, first] = readFileSync(at('numbers.csv'), 'utf8').trim().split('\n');
    const [, , , byIf, byRif, leverage] = first.split(',').map(Number);
    expect(byRif / byIf).toBeCloseTo(1 / (1 - leverage), 9);
  });

  it('writes nothing when it fails', async () => {
    const out = at('nothing');
    const { code, stderr } = await cli.run(
      'fidelity',
      at('data.csv'),
      '--label',
      'label',
      '--head',
      'ridge',
      '--out',
      out,
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(/A ridge head needs a numeric label/);
    expect(existsSync(out)).toBe(false);
    expect((await cli.run('fidelity', '--out', out)).code).toBe(2);
  });
});
