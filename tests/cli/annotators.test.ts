import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/base/random';
import { buildCli, type BuiltCli } from './builtCli';

const folder = mkdtempSync(join(tmpdir(), 'assay-annotators-'));
const at = (name: string): string => join(folder, name);
const rows = 180;
let cli: BuiltCli;
let truth: string[] = [];

/** A line of a table by the names of its columns; no cell here needs quotes. */
function readTable(name: string): Record<string, string>[] {
  const [header, ...lines] = readFileSync(at(name), 'utf8').trimEnd().split('\n');
  const names = header.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, k) => [names[k], cell])));
}

function shareRight(labels: readonly string[]): number {
  return labels.filter((label, row) => label === truth[row]).length / truth.length;
}

beforeAll(async () => {
  const random = createRandom(21);
  const accuracies = [0.85, 0.75, 0.3, 0.6];
  const wide = ['name,a,b,label_1,label_2,label_3,label_4'];
  const plain = ['name,a,b'];
  const long = ['name,annotator,label'];
  truth = Array.from({ length: rows }, (_, i) => 'xyz'[i % 3]);
  for (let i = 0; i < rows; i++) {
    const side = i % 3;
    const cells = [
      `r${i}`,
      (random.normal() + 3 * Number(side === 1)).toFixed(3),
      (random.normal() + 3 * Number(side === 2)).toFixed(3),
    ];
    const labels = accuracies.map((accuracy, annotator) => {
      if (random.uniform() < 0.5 && annotator !== i % 4) return '';
      // The third mostly says the next class.
      const given = random.uniform() < accuracy ? side : (side + (annotator === 2 ? 1 : 1 + random.integer(2))) % 3;
      long.push(`r${i},label_${annotator + 1},${'xyz'[given]}`);
      return 'xyz'[given];
    });
    wide.push([...cells, ...labels].join());
    plain.push(cells.join());
  }
  writeFileSync(at('wide.csv'), `${wide.join('\n')}\n`);
  writeFileSync(at('plain.csv'), `${plain.join('\n')}\n`);
  writeFileSync(at('long.csv'), `${long.join('\n')}\n`);
  cli = await buildCli();
}, 180_000);

afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe('assay annotators', () => {
  it('writes a consensus that is nearer to the truth than the majority, and that an audit takes', async () => {
    const run = await cli.runAlone(
      'annotators',
      at('wide.csv'),
      '--annotators',
      'label_*',
      '--top',
      '7',
      '--out',
      at('crowd'),
    );
    expect(run.stderr + run.code).toMatch(/0$/);
    expect(run.stdout).toMatch(/experts +on 2 features, strength/);
    const consensus = readTable('crowd/consensus.csv');
    expect(shareRight(consensus.map((line) => line['consensus']))).toBeGreaterThan(
      shareRight(consensus.map((line) => line['majority'])) + 0.05,
    );
    for (const line of consensus) {
      // Of classes with as many votes any may be the majority.
      if (line['majority_tied'] === '0') {
        expect(line['differs']).toBe(line['consensus'] === line['majority'] ? '0' : '1');
      }
      expect(Number(line['probability'])).toBeGreaterThan(1 / 3);
    }
    expect(readTable('crowd/relabel_first.csv')).toHaveLength(7);
    const [first] = readTable('crowd/relabel_first.csv');
    expect(consensus[Number(first['row'])]['relabel_rank']).toBe('1');
    const annotators = readTable('crowd/annotators.csv');
    expect(annotators.map((line) => line['annotator'])).toEqual(['label_1', 'label_2', 'label_3', 'label_4']);
    const accuracy = annotators.map((line) => Number(line['accuracy']));
    expect(Math.min(...accuracy)).toBe(accuracy[2]);
    const confused = readTable('crowd/confusions.csv').filter((line) => line['annotator'] === 'label_3');
    const of = (truth: string, given: string): number =>
      Number(confused.find((line) => line['true_class'] === truth && line['given_label'] === given)?.['probability']);
    expect(of('x', 'y')).toBeGreaterThan(of('x', 'x'));
    expect(readTable('crowd/agreement.csv')).toHaveLength(6);
    const labelled = readTable('crowd/labelled.csv');
    expect(Object.keys(labelled[0])).toEqual(['name', 'a', 'b', 'consensus']);
    expect(labelled.map((line) => line['consensus'])).toEqual(consensus.map((line) => line['consensus']));
    const audit = await cli.run(
      'audit',
      at('crowd/labelled.csv'),
      '--label',
      'consensus',
      '--out',
      at('audit'),
      '--json',
    );
    expect(audit.code).toBe(0);
  });

  it('takes one line a label too, with the same result, and the labels alone', async () => {
    const long = await cli.run(
      ...[
        'annotators',
        at('plain.csv'),
        '--id',
        'name',
        '--annotations',
        at('long.csv'),
        '--out',
        at('lines'),
        '--json',
      ],
    );
    expect(long.stderr + long.code).toMatch(/0$/);
    const classes = (name: string): string[] => readTable(name).map((line) => line['consensus']);
    const same = classes('lines/consensus.csv').filter((label, row) => label === classes('crowd/consensus.csv')[row]);
    expect(same.length).toBeGreaterThan(0.97 * rows);
    expect(JSON.parse(long.stdout)).toMatchObject({ rows, experts: { features: 2 }, classes: ['x', 'y', 'z'] });
    const alone = await cli.run(
      ...['annotators', at('wide.csv'), '--annotators', 'label_*', '--no-experts', '--out', at('alone'), '--json'],
    );
    expect(JSON.parse(alone.stdout)).toMatchObject({ experts: { features: 0, strength: null, left_out: null } });
    expect(Object.keys(readTable('alone/consensus.csv')[0])).not.toContain('experts');
  });

  it('refuses what it cannot read, and writes nothing', async () => {
    const refused = async (message: RegExp, ...args: string[]): Promise<void> => {
      const run = await cli.run('annotators', at('wide.csv'), '--out', at('nothing'), ...args);
      expect(run.stderr).toMatch(message);
      expect(run.code).toBe(2);
      expect(existsSync(at('nothing'))).toBe(false);
    };
    await refused(/Say where the labels are/);
    await refused(/no column is called like/, '--annotators', 'score_*');
    await refused(/cannot be used with/, '--annotators', 'label_*', '--annotations', at('long.csv'));
    await refused(/both name the column/, '--annotators', 'label_*', '--ignore', 'label_1');
    await refused(/belongs to --annotations/, '--annotators', 'label_*', '--annotation-columns', 'a,b,c');
    await refused(/The file of --annotations|does not exist|no file/i, '--annotations', at('gone.csv'));
  });
});
