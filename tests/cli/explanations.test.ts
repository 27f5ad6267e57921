import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/base/random';
import { readNpy } from '../../src/worker/store/npy/npy';
import { buildCli, type BuiltCli, type CliRun } from './builtCli';

/** A class, an id and a source with what would move the cursor, or reorder the line. */
const classes = ['a', '\u202eb', 'c'] as const;
const dangerous = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/;
const columns = ['--label', 'kind', '--id', 'name', '--ignore', 'source', '--ignore', 'response'];
const folder = mkdtempSync(join(tmpdir(), 'assay-cli-explanations-'));
const at = (name: string): string => join(folder, name);
const data = at('data.csv');
const project = at('data.assay');
let cli: BuiltCli;

function idOf(row: number): string {
  if (row === 10) return '007';
  if (row === 11) return '7';
  if (row === 12 || row === 13) return 'twice';
  return row === 14 ? '\u001b]0;title\u0007' : `r${row}`;
}

function write(name: string, ...lines: readonly string[]): string {
  writeFileSync(at(name), `${lines.join('\n')}\n`);
  return at(name);
}

function jsonOf({ stdout, stderr, code }: CliRun): Record<string, unknown> {
  expect(code, stderr).toBe(0);
  expect(stdout).not.toMatch(dangerous);
  return JSON.parse(stdout) as Record<string, unknown>;
}

beforeAll(async () => {
  const random = createRandom(12);
  const lines = ['name,u,v,response,source,kind'];
  for (let i = 0; i < 150; i++) {
    const side = i % 3;
    const [u, v] = [random.normal() + 2 * Number(side === 1), random.normal() + 2 * Number(side === 2)];
    const label = random.uniform() < 0.1 ? (side + 1) % 3 : side;
    const source = ['north', i === 1 ? '\u001b[2Jsouth' : 'south', '', 'north', 'south'][i % 5];
    const kind = i === 20 ? '' : classes[label];
    lines.push([idOf(i), u.toFixed(3), v.toFixed(3), (u - v).toFixed(3), source, kind].join(','));
  }
  write('data.csv', ...lines);
  cli = await buildCli();
  const audited = await cli.run('audit', data, ...columns, '--top', '4', '--project', project, '--out', at('audit'));
  expect(audited.code, audited.stderr).toBe(0);
}, 180_000);

afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe('assay explain', () => {
  it('tells what is behind a prediction, as JSON', async () => {
    const told = jsonOf(await cli.runAlone('explain', '--project', project, '--row', 'r21', '--count', '4', '--json'));
    expect(told).toMatchObject({ row: 21, id: 'r21', goal: expect.stringMatching(/restore|flip/) });
    const probabilities = told['probabilities'] as Record<string, number>;
    expect(Object.keys(probabilities).sort()).toEqual([...classes].sort());
    const rows = told['rows'] as { row: number; id: string; label: string; if: number; rif: number }[];
    expect(rows).toHaveLength(4);
    for (const { row, id, label, rif } of rows) {
      expect(id).toBe(idOf(row));
      expect(classes).toContain(label);
      expect(rif).toBeLessThan(0);
    }
    for (const { rif } of told['opposing'] as { rif: number }[]) expect(rif).toBeGreaterThan(0);
    const { flips, rows: flipping } = told['flip'] as { flips: boolean; rows: number[] };
    expect(flips).toBe(true);
    expect(told['comparison']).toMatchObject({ of: 'validation', randomSets: 200, setSize: flipping.length });
    const subset = jsonOf(await cli.run('subset', '--project', project, '--flip', 'r21', '--json'));
    expect(subset).toMatchObject({ row: 21, rows: flipping });
  });

  it('names rows by id, by number where an id does not, and prints what is in the data as text', async () => {
    const { stdout, code } = await cli.run('explain', data, ...columns, '--row', idOf(14));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^row 14 \(\\x1b\]0;title\\x07\) is predicted “/);
    expect(stdout).toMatch(/row +id +label +IF +RIF +leverage +by RIF +retrained/);
    expect(stdout).toMatch(/smallest flip found|no set of up to/);
    expect(stdout).toMatch(/of \d+ other validation rows, (none|\d+ %) flip with as few/);
    expect(stdout).toMatch(/\d+ of 200 random sets of \d+ training rows? would flip it too/);
    expect(stdout).not.toMatch(dangerous);
    for (const [row, found] of [
      ['007', 10],
      ['7', 11],
      ['20', 20],
      ['row:13', 13],
    ] as const) {
      const told = jsonOf(await cli.run('explain', '--project', project, '--row', row, '--retrainings', '0', '--json'));
      expect(told).toMatchObject({ row: found, givenLabel: found === 20 ? null : expect.any(String) });
    }
  });

  it.each([
    [['--row', 'twice'], /--row: 2 rows have the id “twice”: 12, 13.*row:12/],
    [['--row', '150'], /--row: there is no row “150”.*0 to 149/],
    [['--row', 'r1', '--right-class', 'd'], /no class “d”.*The classes are: a, c, /],
    [['--row', 'r1', '--count', '0'], /1 or more/],
    [[], /--row/],
  ])('refuses %j with exit code 2', async (args, message) => {
    const { code, stdout, stderr } = await cli.run('explain', '--project', project, ...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(dangerous);
  });

  it('has no class of numbers to explain', async () => {
    const { code, stderr } = await cli.run('explain', data, ...columns, '--row', 'r1', '--head', 'ridge');
    expect(code).toBe(2);
    expect(stderr).toMatch(/numbers, and no class.*assay influence --head ridge/);
  });

  it('can be interrupted', async () => {
    const run = await cli.interrupt(
      'SIGINT',
      /^(features|influence|explaining)/m,
      'explain',
      data,
      ...columns,
      '--row',
      'r1',
    );
    expect(run.stdout).toBe('');
    expect(run.code ?? run.signal).toBe(run.code === null ? 'SIGINT' : 130);
  });
});

describe('assay groups', () => {
  it('tells what each group does, retrained where it does most', async () => {
    const told = jsonOf(
      await cli.runAlone('groups', '--project', project, '--by', 'source', '--verify', '2', '--json'),
    );
    const groups = told['groups'] as {
      value: string;
      rows: number;
      validationLoss: Record<'if' | 'rif' | 'newton', number> & { retrained: number | null };
    }[];
    expect(told['column']).toBe('source');
    expect(groups.map(({ value }) => value).sort()).toEqual(['', '\u001b[2Jsouth', 'north', 'south'].sort());
    expect(groups.reduce((sum, { rows }) => sum + rows, 0)).toBe(told['trainRows']);
    const retrained = groups.filter(({ validationLoss }) => validationLoss.retrained !== null);
    expect(retrained).toHaveLength(2);
    const [{ value, validationLoss }] = retrained.filter((group) => group.value !== '\u001b[2Jsouth');
    const lines = readFileSync(data, 'utf8').trim().split('\n').slice(1);
    const rows = [...lines.keys()].filter((row) => lines[row].split(',')[4] === value);
    const list = write('group.csv', 'row', ...rows.map(String));
    const verified = jsonOf(
      await cli.run('verify', '--project', project, '--remove', list, '--repeats', '0', '--json'),
    );
    expect(validationLoss.retrained).toBeCloseTo(verified['actual'] as number, 6);
    expect(validationLoss).toMatchObject(
      Object.fromEntries(
        Object.entries(verified['predicted'] as object).map(([name, number]) => [
          name,
          expect.closeTo(number as number, 8),
        ]),
      ),
    );
  });

  it('says which way, for people, and takes the label and numeric labels', async () => {
    const bySource = await cli.run('groups', data, ...columns, '--by', 'source');
    expect(bySource.code).toBe(0);
    expect(bySource.stdout).toMatch(/positive = removal raises it/);
    expect(bySource.stdout).toMatch(/\(blank\) .* (raises|lowers) the loss/);
    expect(bySource.stdout).not.toMatch(dangerous);
    const byClass = jsonOf(await cli.run('groups', '--project', project, '--by', 'kind', '--verify', '0', '--json'));
    const groups = byClass['groups'] as { value: string; newtonMissing: string }[];
    expect(groups.map(({ value }) => value).sort()).toEqual([...classes].sort());
    expect(groups[0].newtonMissing).toMatch(/without a training row/);
    const numbers = ['--label', 'response', '--features', 'u,v', '--head', 'ridge', '--by', 'source', '--json'];
    const ridge = jsonOf(await cli.run('groups', data, ...numbers));
    for (const { validationAccuracy, validationLoss } of ridge['groups'] as Record<
      string,
      { newton: number; retrained: number }
    >[]) {
      expect(validationAccuracy).toBeNull();
      if (validationLoss.retrained !== null) expect(validationLoss.newton).toBeCloseTo(validationLoss.retrained, 8);
    }
  });

  it.each([
    [['--by', 'sauce'], /no column “sauce”. The nearest is “source”/],
    [['--by', 'name'], /149 different values.*up to 200|raise --limit|no labelled/],
    [['--by', 'source', '--limit', '2'], /has 4 different values, and up to 2 groups.*raise --limit/],
    [['--by', 'source', '--validation', 'none'], /no validation rows/],
  ])('refuses %j, or does without', async (args, message) => {
    const { code, stdout, stderr } = await cli.run('groups', data, ...columns, ...args);
    expect(code === 0 ? stdout : stderr).toMatch(message);
    expect(stderr).not.toMatch(dangerous);
  });
});

describe('assay unlearn', () => {
  it('proves a removal, and writes the head with all that is needed to use it', async () => {
    const out = at('unlearned');
    const list = at('audit/removal_list.csv');
    const run = await cli.runAlone(
      'unlearn',
      '--project',
      project,
      '--remove',
      list,
      '--verify',
      '--out',
      out,
      '--json',
    );
    const told = jsonOf(run) as {
      trainRows: number;
      ridgeRows: number;
      retrained: { distance: number };
      certificate: { bound: { distance: number } };
      validation: { lossChange: number };
    };
    expect(told).toMatchObject({
      removedRows: 4,
      relabelledRows: 0,
      reached: true,
      files: ['head.npy', 'unlearned.json'],
    });
    expect(told.ridgeRows).toBe(told.trainRows + 4);
    expect(told.retrained.distance).toBeLessThan(told.certificate.bound.distance + 1e-7);
    expect(readdirSync(out).sort()).toEqual(['head.npy', 'unlearned.json']);
    const { data: theta, shape } = await readNpy(join(out, 'head.npy'));
    expect(shape).toEqual([3, 3]);
    // Softmax: the classes' parameters sum to zero.
    for (let j = 0; j < 3; j++) expect(theta[j] + theta[j + 3] + theta[j + 6]).toBeCloseTo(0, 9);
    const manifest = JSON.parse(readFileSync(join(out, 'unlearned.json'), 'utf8')) as Record<string, unknown>;
    const read = readFileSync(data);
    expect(manifest).toMatchObject({
      head: {
        kind: 'softmax',
        classes: expect.arrayContaining([...classes]),
        trainRows: told.trainRows,
        ridgeRows: told.trainRows + 4,
      },
      relabelled: [],
      unchangedLabels: 0,
      removed: expect.arrayContaining([expect.any(Number)]),
      features: { features: [{ name: 'u' }, { name: 'v' }, { name: 'intercept' }] },
      input: { file: 'data.csv', bytes: read.length, sha256: createHash('sha256').update(read).digest('hex') },
      outputs: [{ file: 'head.npy', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
    });
    const verified = jsonOf(
      await cli.run('verify', '--project', project, '--remove', list, '--repeats', '0', '--json'),
    );
    expect(verified['actual']).toBeCloseTo(told.validation.lossChange, 6);
  });

  it('learns other labels from a list, and from the corrected copy that an export writes', async () => {
    const list = write('labels.csv', 'id,label', '007,c', 'r20,a', `r0,${classes[1]}`);
    const told = jsonOf(await cli.run('unlearn', '--project', project, '--relabel', list, '--json'));
    expect(told).toMatchObject({ removedRows: 0, otherRows: expect.any(Number), reached: true });
    const original = readFileSync(data, 'utf8').trim().split('\n');
    const copy = original.map((line) => (line.startsWith('007,') ? line.replace(/[^,]*$/, 'c') : line));
    const byCopy = jsonOf(
      await cli.run('unlearn', '--project', project, '--relabel', write('copy.csv', ...copy), '--json'),
    );
    const changed = original.find((line) => line.startsWith('007,'))?.endsWith(',c') === true ? 0 : 1;
    expect(byCopy).toMatchObject({ relabelledRows: changed, unchangedLabels: 149 - changed });
  });

  it('says for people how near it is, and that a ridge head is exact', async () => {
    const rows = write('rows.txt', '3', '4', '5');
    const labels = write('numbers.csv', 'row,label', '6,2.5');
    const ridge = ['--label', 'response', '--features', 'u,v', '--head', 'ridge'];
    const { code, stdout } = await cli.run(
      'unlearn',
      data,
      ...ridge,
      '--remove',
      rows,
      '--relabel',
      labels,
      '--verify',
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^unlearned +of \d+ training rows \d removed/);
    expect(stdout).toMatch(/steps +1 Newton step;/);
    expect(stdout).toMatch(/certificate at most \S+ from the retrained optimum/);
    expect(stdout).toMatch(/validation +loss .* unlearning (raises|lowers) it by /);
    expect(stdout).toMatch(/time +\S+ s; from scratch \S+ s, and \S+ away/);
  });

  it.each([
    [[], /--remove FILE, --relabel FILE, or both/],
    [['--remove', 'nowhere.txt'], /--remove: There is no file .*nowhere\.txt\. Check the name/],
    [['--relabel', '/dev/null'], /--relabel: .* is a pipe or a device/],
    [['--relabel', 'DATA/strange.csv'], /Line 2 of the label file has the label “\\x1b\[31mcow”/],
    [['--remove', 'DATA/none.txt'], /The row is no labelled training row/],
    [['--remove', 'DATA/none.txt', '--out', 'PROJECT'], /project/],
  ])('refuses %j with exit code 2, and writes nothing', async (args, message) => {
    write('strange.csv', 'row,label', '1,\u001b[31mcow');
    write('none.txt', '20');
    const named = args.map((arg) => arg.replace('DATA', folder).replace('PROJECT', project));
    const { code, stdout, stderr } = await cli.run('unlearn', '--project', project, ...named);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(dangerous);
    expect(existsSync(join(project, 'head.npy'))).toBe(false);
  });

  it('never writes over what it reads', async () => {
    const list = write('head.npy', '3');
    const run = await cli.run('unlearn', '--project', project, '--remove', list, '--out', folder, '--overwrite');
    expect(run.code).toBe(2);
    expect(readFileSync(list, 'utf8')).toBe('3\n');
  });
});

describe('on the samples', () => {
  const samples = resolve(__dirname, '../../resources/samples');

  it('the prediction of a digit that the adaptive ranking alone does not flip is flipped', async () => {
    const told = jsonOf(
      await cli.run(
        'explain',
        join(samples, 'digits.csv'),
        '--row',
        'digit-0013',
        '--retrainings',
        '0',
        '--l2',
        '0.01',
        '--json',
      ),
    );
    expect(told).toMatchObject({ row: 13, givenLabel: '6', predicted: '3', goal: 'restore' });
    const { flips, rows } = told['flip'] as { flips: boolean; rows: number[] };
    expect(flips).toBe(true);
    expect(rows.length).toBeGreaterThan(50);
  });

  it('groups of loans by a category are told apart from their sums', async () => {
    const { stdout, code } = await cli.run('groups', join(samples, 'credit.csv'), '--by', 'Home', '--l2', '0.01');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^7 groups of training rows by “Home”; validation loss 0\.4\d\d, accuracy 0\.\d+$/m);
    expect(stdout).toMatch(/For \d of 7 groups RIF and the Newton step differ by more than 20 %/);
  });
});
