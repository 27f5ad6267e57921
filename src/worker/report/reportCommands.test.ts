import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { auditSettingsSchema } from '../../contract/audit';
import { commandsOf } from './reportCommands';
import type { ReportFacts } from './reportFacts';

const column = (name: string, role: string) => ({ name, role });

function facts(more: object, settings: object = {}): ReportFacts {
  return {
    name: 'data',
    threshold: 0.5,
    file: { name: 'data.csv', format: 'delimited' },
    validationFile: null,
    columns: [column('y', 'label'), column('x', 'feature')],
    audit: { settings: auditSettingsSchema.parse(settings) },
    ...more,
    // Only what commands are made of.
  } as unknown as ReportFacts;
}

describe('what to type to make a report again', () => {
  it('names roles and what is not as usual', () => {
    const columns = [column('y', 'label'), column('key', 'id'), column('a', 'ignore'), column('b', 'ignore')];
    const settings = { l2: 0.01, intercept: false, seed: 3, experts: ['head'] };
    expect(commandsOf(facts({ columns }, settings))[0]).toBe(
      'assay audit data.csv --label y --id key --ignore a,b --l2 0.01 --experts head --no-intercept --seed 3 --project data.assay --out results',
    );
    expect(commandsOf(facts({ validationFile: { name: 'v.csv' }, threshold: 0.8 }))).toEqual([
      'assay audit data.csv --label y --validation v.csv --seed 7 --project data.assay --out results',
      'assay report --project data.assay --threshold 0.8 --out report.html',
    ]);
  });

  it('quotes names so that a shell takes them for names', () => {
    const hostile = 'a b\'; touch $(x) `y` "z"';
    const [command] = commandsOf(facts({ columns: [column(hostile, 'label')] }));
    const words = execFileSync('/bin/sh', ['-c', `printf '%s\n' ${command}`], { encoding: 'utf8' }).split('\n');
    expect(words).toContain(hostile);
  });
});
