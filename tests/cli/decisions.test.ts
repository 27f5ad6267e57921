import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRandom } from '../../src/core/base/random';
import { buildCli, type BuiltCli } from './builtCli';

const folder = mkdtempSync(join(tmpdir(), 'assay-cli-'));
const at = (name: string): string => join(folder, name);
let cli: BuiltCli;

/** Two projects of the same data, and one of a copy in another order, with one cell changed and one row left out. */
beforeAll(async () => {
  const random = createRandom(5);
  const rows = Array.from({ length: 90 }, (_, i) => {
    const side = i % 3;
    const cells = [random.normal() + 3 * Number(side === 1), random.normal() + 3 * Number(side === 2)];
    return [`r${i}`, ...cells.map((value) => value.toFixed(3)), 'xyz'[side]];
  });
  const write = (name: string, lines: readonly string[][]): void =>
    writeFileSync(at(name), `${[['name', 'a', 'b', 'label'], ...lines].join('\n')}\n`);
  write('data.csv', rows);
  const copy = rows.filter((_, i) => i !== 7).reverse();
  write(
    'copy.csv',
    copy.map((cells) => (cells[0] === 'r4' ? ['r4', '9', ...cells.slice(2)] : cells)),
  );
  cli = await buildCli();
  for (const [data, project] of [
    ['data.csv', 'ada'],
    ['data.csv', 'ben'],
    ['copy.csv', 'copy'],
  ]) {
    const columns = ['--label', 'label', '--id', 'name', '--backend', 'float64', '--validation', 'none'];
    const { code, stderr } = await cli.run(
      'audit',
      at(data),
      ...columns,
      '--project',
      at(project),
      '--out',
      at(`${project}-audit`),
    );
    expect(stderr + String(code)).toMatch(/0$/);
  }
}, 180_000);

afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

const importInto = async (project: string, file: string, ...options: readonly string[]) =>
  cli.run('decisions', 'import', at(file), '--project', at(project), ...options);

it('takes a sheet of labels, exports it as decisions, and takes these into other projects', async () => {
  writeFileSync(at('sheet.csv'), 'name,label,comment\nr1,z,blurred\nr2,z,\nr4,y,\nr7,x,\nr8,bird,\nr9,,\n');
  const dry = await importInto('ada', 'sheet.csv', '--dry-run');
  expect(dry.stdout).toContain('nothing was changed (--dry-run)');
  const sheet = await cli.runAlone('decisions', 'import', at('sheet.csv'), '--project', at('ada'), '--reviewer', 'Ada');
  expect(sheet.stderr).toBe('');
  expect(sheet.stdout).toContain('sheet.csv: 5 lines read as labels, 1 other without a decision');
  expect(sheet.stdout).toContain('line 6, r8: The data has no label “bird”.');
  expect(sheet.stdout).toContain('import 4 decisions from sheet.csv: done, one undo takes it back');

  const exported = await cli.run('export', '--project', at('ada'), '--format', 'decisions', '--out', at('out'));
  expect(exported.stdout).toContain('decisions.csv');
  const lines = readFileSync(at('out/decisions.csv'), 'utf8').trim().split('\n');
  expect(lines[0]).toBe('row,id,content,given_label,decision,new_label,flag,note,reviewer,time');
  expect(lines.map((line) => line.split(',').slice(3, 9).join(','))).toEqual([
    'given_label,decision,new_label,flag,note,reviewer',
    'y,relabel,z,,blurred,Ada',
    'z,keep,,,,Ada',
    'y,keep,,,,Ada',
    'y,relabel,x,,,Ada',
  ]);

  writeFileSync(at('own.csv'), 'row,reason\n2,x\n');
  expect((await importInto('ben', 'own.csv', '--reviewer', 'Ben')).stdout).toContain('import 1 decision from own.csv');
  const ours = await importInto('ben', 'out/decisions.csv');
  expect(ours.stdout).toMatch(/3 {2}new here\n +1 {2}decided otherwise here: left as decided here/);
  expect(ours.stdout).toContain('line 3, r2: theirs keep it by Ada, here remove it by Ben');
  const again = await importInto('ben', 'out/decisions.csv', '--conflicts', 'theirs', '--json');
  expect(JSON.parse(again.stdout)).toMatchObject({ counts: { same: 3, conflict: 1 }, changed_rows: 1 });

  const copied = await importInto('copy', 'out/decisions.csv', '--json');
  expect(JSON.parse(copied.stdout)).toMatchObject({
    counts: { applied: 2, changed: 1, gone: 1 },
    changed_rows: 2,
    left: [{ group: 'changed', name: 'r4', problem: expect.stringContaining('other cells') as string }, { name: 'r7' }],
  });
}, 60_000);

it('says what is wrong with a file, a column or a project, and changes nothing', async () => {
  const missing = await importInto('ada', 'none.csv');
  expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('There is no file') as string]);
  const column = await importInto('ada', 'sheet.csv', '--label-column', 'colour');
  expect(column.code).toBe(2);
  expect(column.stderr).toContain('The file has no column “colour”. It has name, label, comment.');
  const elsewhere = await importInto('nowhere', 'sheet.csv');
  expect(elsewhere.code).not.toBe(0);
  expect(elsewhere.stdout).toBe('');
}, 60_000);

it('compares two decision files: counts, agreement, kappa, and what differs', async () => {
  const header = 'row,id,content,given_label,decision,new_label,flag,note,reviewer,time';
  const write = (name: string, reviewer: string, decisions: readonly string[]): void => {
    const lines = decisions.map(
      (decision, row) => `${row},r${row},r1-${row},y,${decision},,,,${reviewer},2026-01-01T00:00:00.000Z`,
    );
    writeFileSync(at(name), `${header}\n${lines.join('\n')}\n`);
  };
  write('a.csv', 'Ada', ['keep', 'keep', 'remove', 'remove', 'keep']);
  // One row fewer, and in another order.
  write('b.csv', 'Ben', ['keep', 'remove', 'remove', 'remove']);
  const { code, stdout } = await cli.run('decisions', 'compare', at('a.csv'), at('b.csv'));
  expect(code).toBe(0);
  expect(stdout).toContain('rows        5, 4 decided by both');
  expect(stdout).toContain('agreement   3 of 4: 75.0 % (30.1 % to 95.4 %)');
  // Agreed ¾, expected ½.
  expect(stdout).toMatch(/kappa {7}0\.50 \(/);
  expect(stdout).toContain('  r1: keep it by Ada, remove it by Ben');
  const json = JSON.parse(
    (await cli.run('decisions', 'compare', at('a.csv'), at('b.csv'), '--json')).stdout,
  ) as unknown;
  expect(json).toMatchObject({ rows: 5, both: 4, same: 3, differences: [{ name: 'r1' }] });
  const sheet = await cli.run('decisions', 'compare', at('a.csv'), at('sheet.csv'));
  expect([sheet.code, sheet.stderr]).toEqual([2, expect.stringContaining('is no decision file') as string]);
  const none = await cli.run('decisions', 'compare', '--project', at('ada'));
  expect([none.code, none.stderr]).toEqual([
    2,
    expect.stringContaining('No second pass of this project has ended') as string,
  ]);
}, 60_000);
