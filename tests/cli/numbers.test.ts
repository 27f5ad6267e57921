import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/base/random';
import { buildCli, type BuiltCli } from './builtCli';

const folder = mkdtempSync(join(tmpdir(), 'assay-cli-numbers-'));
const at = (name: string): string => join(folder, name);
const n = 300;
const isWrong = (row: number): boolean => row % 15 === 4;
const prices: number[] = [];
let cli: BuiltCli;

/** A price with a decimal comma; every fifteenth is ten times too large. */
beforeAll(async () => {
  const random = createRandom(8);
  const lines = ['house;area;age;price'];
  for (let row = 0; row < n; row++) {
    const area = 50 + 100 * random.uniform();
    const age = 80 * random.uniform();
    const price = Number((2 * area - 0.5 * age + 5 * random.normal()).toFixed(2));
    prices.push(price);
    const given = isWrong(row) ? (10 * price).toFixed(2) : price.toFixed(2);
    const cells = [`h${row}`, area.toFixed(3), age.toFixed(3), row === 7 ? '' : given];
    lines.push(cells.map((cell) => cell.replace('.', ',')).join(';'));
  }
  writeFileSync(at('houses.csv'), `${lines.join('\n')}\n`);
  cli = await buildCli();
}, 120_000);

afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

const columns = ['--label', 'price', '--id', 'house'];

function readScores(file: string): Record<string, string>[] {
  const [header = '', ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/);
  const names = header.split(',');
  // The label as it is spelt is the only quoted cell.
  return lines.map((line) => {
    const cells = (line.match(/"[^"]*"|[^,]*(?=,|$)/g) ?? []).filter(
      (cell, k, all) => cell !== '' || all[k - 1] === '',
    );
    return Object.fromEntries(names.map((name, k) => [name, cells[k] ?? '']));
  });
}

describe('an audit of a numeric label', () => {
  it('is what the values of the label ask for, lists wrong numbers and suggests others', async () => {
    const audit = await cli.run(
      ...['audit', at('houses.csv'), ...columns, '--out', at('out'), '--project', at('houses.assay'), '--json'],
    );
    expect(audit.code, audit.stderr).toBe(0);
    expect(audit.stderr).toMatch(/The label price is a number with \d+ different values.*choose softmax/);
    const told = JSON.parse(audit.stdout) as {
      audit: { head: { kind: string; classes: string[] }; numbers: { errorShare: number }; train: { accuracy: null } };
    };
    expect(told.audit.head).toMatchObject({ kind: 'ridge', classes: [] });
    expect(told.audit.train.accuracy).toBeNull();
    expect(told.audit.numbers.errorShare).toBeGreaterThan(0.04);
    expect(told.audit.numbers.errorShare).toBeLessThan(0.1);
    const removed = readFileSync(at('out/removal_list.csv'), 'utf8').trim().split(/\r?\n/).slice(1);
    const rows = removed.map((line) => Number(line.split(',')[0]));
    // Of twenty, the sixteen or so that train.
    expect(rows.filter(isWrong).length).toBeGreaterThanOrEqual(14);
    expect(rows.filter((row) => !isWrong(row)).length).toBeLessThanOrEqual(3);
    const scores = readFileSync(at('out/scores.csv'), 'utf8').trim().split(/\r?\n/);
    expect(scores).toHaveLength(n + 1);
    expect(scores[0]).toBe(
      'row,id,split,given_label,suggested_label,rank,suspicion,given_value,suggested_value,suggested_low,suggested_high,' +
        'loss,loo_loss,leverage,self_influence_if,self_influence_rif,val_loss_if,val_loss_rif,reasons',
    );
    expect(scores[1]).toContain(`"${prices[0].toFixed(2).replace('.', ',')}"`);
    expect(scores[8]).toMatch(/^7,h7,unlabelled,,[\d.]+,,,,/);
    const slipped = readScores(at('out/scores.csv'))[4];
    expect(slipped['reasons']).toContain('decimal slip');
    const cleaned = readFileSync(at('out/cleaned.csv'), 'utf8').trim().split('\n');
    expect(cleaned).toHaveLength(n + 1 - rows.length);
    const manifest = JSON.parse(readFileSync(at('out/manifest.json'), 'utf8')) as { audit: { numbers: unknown } };
    expect(manifest.audit.numbers).toMatchObject({ setAside: expect.any(Number) as number });
  });

  it('is a project that is verified and exported', async () => {
    const verify = await cli.run('verify', '--project', at('houses.assay'), '--top', '10', '--repeats', '2', '--json');
    expect(verify.code, verify.stderr).toBe(0);
    expect(verify.stdout).toContain('validation_loss');
    expect(verify.stdout).not.toContain('validation_accuracy');
    const exported = await cli.run('export', '--project', at('houses.assay'), '--out', at('again'));
    expect(exported.code, exported.stderr).toBe(0);
    expect(readFileSync(at('again/scores.csv'), 'utf8')).toBe(readFileSync(at('out/scores.csv'), 'utf8'));
  });

  it('is one of classes where that is asked for, and of numbers only where there are numbers', async () => {
    const classes = await cli.run(
      ...['audit', at('houses.csv'), ...columns, '--head', 'softmax', '--out', at('classes')],
    );
    expect(classes.code).toBe(2);
    expect(classes.stderr).toMatch(/different values in 300 rows.*audit it as a number \(ridge\)/);
    const words = await cli.run(
      ...['audit', at('houses.csv'), '--label', 'house', '--head', 'ridge', '--out', at('words')],
    );
    expect(words.code).toBe(2);
    expect(words.stderr).toMatch(/A ridge head needs a numeric label; row 0 of column "house" says "h0"/);
    expect(existsSync(at('words'))).toBe(false);
  });

  it('says that probabilities of classes are not used', async () => {
    const audit = await cli.run(
      ...['audit', at('houses.csv'), ...columns, '--probabilities', 'age', '--out', at('probable')],
    );
    expect(audit.code, audit.stderr).toBe(0);
    expect(audit.stderr).toMatch(/Predicted probabilities of classes say nothing of numbers and are not used: “age”\./);
  });
});
