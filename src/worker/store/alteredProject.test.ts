import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReviewRow } from '../../contract/review';
import { scoreColumns } from '../../contract/scoreColumns';
import { StorageError } from '../../core/base/errors';
import { temporaryFolders, writeTestFile } from '../datasets/testFiles';
import { openProject } from './projectStore';
import { projectOf, randomAudit } from './testProject';

const folder = temporaryFolders();
const rows = 40;
let made: string;
let original: string;

/** Arrays as an audit of this data leaves them. */
function auditOfRows(): ReturnType<typeof randomAudit> {
  const audit = randomAudit(rows, 3);
  return {
    ...audit,
    arrays: {
      ...audit.arrays,
      labels: { data: audit.labels, shape: [rows] },
      'class-probabilities': { data: new Float32Array(rows * 3), shape: [rows, 3] },
    },
  };
}

beforeAll(async () => {
  made = mkdtempSync(join(tmpdir(), 'assay-test-'));
  original = join(made, 'p.assay');
  const lines = Array.from({ length: rows }, (_, row) => `r${row},${row % 7},${row % 2}`);
  const store = await projectOf(writeTestFile(made, 'data.csv', `id,x,label\n${lines.join('\n')}\n`), original);
  await store.audits.replace(auditOfRows());
  for (let row = 0; row < 5; row++) {
    const decision = { kind: 'remove' } as const;
    await store.decisions.append({ kind: 'decide', rows: [row], decision, reviewer: '', title: `remove r${row}` });
  }
  await store.close();
});
afterAll(() => rmSync(made, { recursive: true, force: true }));

function copyOf(): string {
  const copy = join(folder(), 'p.assay');
  cpSync(original, copy, { recursive: true });
  return copy;
}

/** Runs SQL in the project's database as somebody else's program would. */
async function alter(project: string, ...statements: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(join(project, 'project.duckdb'));
  const connection = await instance.connect();
  for (const statement of statements) await connection.run(statement);
  connection.closeSync();
  instance.closeSync();
}

async function refusal(project: string): Promise<string> {
  const error: unknown = await openProject(project).then(
    async (store) => {
      await store.close();
      return undefined;
    },
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(StorageError);
  const { message } = error as StorageError;
  // What people read is never what the database said.
  expect(message).not.toMatch(/Error:|LINE \d|Catalog|Binder|duckdb_tables/);
  return message;
}

const replaceRows = (query: string): string[] => [
  'DROP INDEX source_1_row',
  'ALTER TABLE source_1 RENAME TO old',
  `CREATE VIEW source_1 AS ${query}`,
];

describe('a project that was altered', () => {
  it.each<[string, RegExp, string[]]>([
    ['a view in place of its rows', /view source_1/, replaceRows("SELECT content AS c0 FROM read_text('/etc/passwd')")],
    ['another view', /a view v/, ['CREATE VIEW v AS SELECT 1']],
    ['a macro', /a macro concat_ws/, ["CREATE MACRO concat_ws(a, b) AS 'x'"]],
    ['a macro that hides the catalogue', /a macro duckdb_views/, ['CREATE MACRO duckdb_views() AS TABLE SELECT 1']],
    ['a sequence', /a sequence s/, ['CREATE SEQUENCE s']],
    ['a type', /a type mood/, ["CREATE TYPE mood AS ENUM ('a')"]],
    ['a schema', /a schema other/, ['CREATE SCHEMA other']],
    ['a table', /a table mine/, ['CREATE TABLE mine (a INTEGER)']],
    [
      'a generated column',
      /column/,
      [
        'DROP TABLE jobs',
        "CREATE TABLE jobs (id VARCHAR, kind VARCHAR, started_at VARCHAR, finished_at VARCHAR, state VARCHAR, message VARCHAR GENERATED ALWAYS AS ('x'))",
      ],
    ],
    ['a default', /computed column note/, ["ALTER TABLE decision_now ALTER note SET DEFAULT 'x'"]],
    [
      'a condition',
      /conditions in the table meta/,
      ['DROP TABLE meta', "CREATE TABLE meta (key VARCHAR, value VARCHAR, CHECK (key <> 'x'))"],
    ],
    [
      'an index over an expression',
      /an index decision_now_row/,
      ['CREATE INDEX decision_now_row ON decision_now ((row_no + 1))'],
    ],
    [
      'another type of a column',
      /byte_start/,
      ['DROP INDEX source_1_row', 'ALTER TABLE source_1 ALTER byte_start TYPE VARCHAR'],
    ],
    ['a column more', /a column more in the table jobs/, ['ALTER TABLE jobs ADD COLUMN more VARCHAR']],
    ['a missing column', /lacks the column state/, ['ALTER TABLE jobs DROP COLUMN state']],
    ['fewer rows', /its data/, ['DELETE FROM source_1 WHERE row_no > 10']],
    [
      'more rows than there are',
      /its data/,
      [`UPDATE meta SET value = replace(value, '"rowCount":${rows}', '"rowCount":2000000000') WHERE key = 'source'`],
    ],
    ['more columns than there are', /its columns/, ["UPDATE meta SET value = '[]' WHERE key = 'columns'"]],
    [
      'a dialect of no kind',
      /its data/,
      [`UPDATE meta SET value = replace(value, '"delimiter":","', '"delimiter":""') WHERE key = 'source'`],
    ],
    ['a record that is no JSON', /“source” cannot be read/, ["UPDATE meta SET value = '{' WHERE key = 'source'"]],
    [
      'a generation of text',
      /its data/,
      [
        `UPDATE meta SET value = replace(value, '"generation":1', '"generation":"1; DROP TABLE meta"') WHERE key = 'source'`,
      ],
    ],
    [
      'an array by another path',
      /its audit/,
      [`UPDATE meta SET value = replace(value, '"theta"', '"../../x"') WHERE key = 'audit'`],
    ],
    [
      'an embedding without a scale',
      /its audit/,
      [
        `UPDATE meta SET value = replace(value, '"dropped":[],', '"dropped":[],"embeddings":[{"first":"a","last":"b","columns":16,"scale":0}],') WHERE key = 'audit'`,
      ],
    ],
    ['labels beyond the classes', /its audit/, ['UPDATE scores_2 SET given = 99 WHERE row_no = 3']],
  ])('is refused with %s', async (_, message, statements) => {
    const project = copyOf();
    await alter(project, ...statements);
    expect(await refusal(project)).toMatch(message);
  });

  it.each<[string, RegExp, (project: string) => void]>([
    ['a link for its database', /project\.duckdb should be a file/, (p) => linkAway(p, 'project.duckdb')],
    ['a link for its arrays', /arrays should be a folder/, (p) => linkAway(p, 'arrays')],
    ['a link for an audit', /audit-2 should be a folder/, (p) => linkAway(p, 'arrays/audit-2')],
    ['a link for its temporary folder', /tmp should be a folder/, (p) => symlinkSync('/tmp', join(p, 'tmp'))],
    ['a pipe for its log', /wal should be a file/, (p) => makePipe(join(p, 'project.duckdb.wal'))],
    ['a pipe for its origin', /origin\.json should be a file/, (p) => makePipe(join(p, 'origin.json'))],
    [
      'a pipe for its manifest',
      /manifest/,
      (p) => (rmSync(join(p, 'manifest.json')), makePipe(join(p, 'manifest.json'))),
    ],
    [
      'a device for its manifest',
      /manifest/,
      (p) => (rmSync(join(p, 'manifest.json')), symlinkSync('/dev/zero', join(p, 'manifest.json'))),
    ],
    [
      'half a database',
      /damaged/,
      (p) => truncateSync(join(p, 'project.duckdb'), statSync(join(p, 'project.duckdb')).size / 2),
    ],
    ['an empty database', /its data|no data|not as Assay|damaged/, (p) => truncateSync(join(p, 'project.duckdb'), 100)],
  ])('is refused with %s', async (_, message, change) => {
    const project = copyOf();
    change(project);
    expect(await refusal(project)).toMatch(message);
  });

  it('opens with what it holds when the log beside it is garbage, as a torn one is', async () => {
    const project = copyOf();
    writeFileSync(join(project, 'project.duckdb.wal'), Buffer.alloc(5000, 0xa7));
    const store = await openProject(project);
    expect(store.decisions.state.rows.size).toBe(5);
    await store.close();
  });

  it('opens through a link to its folder, once at a time', async () => {
    const project = copyOf();
    const link = join(folder(), 'link.assay');
    symlinkSync(project, link);
    const store = await openProject(link);
    await expect(openProject(project)).rejects.toThrow(/is open already/);
    await store.close();
  });

  it('passes over damaged entries of the decision log, says so, and goes on after them', async () => {
    const project = copyOf();
    await alter(
      project,
      "UPDATE decision_log SET entry = 'torn' WHERE seq = 2",
      `INSERT INTO decision_log VALUES (6, '', '{"kind":"decide","seq":6,"time":"","reviewer":"","rows":[4000000],"decision":{"kind":"keep"},"title":""}')`,
      `INSERT INTO decision_log VALUES (7, '', '{"kind":"undo","seq":7,"time":"","reviewer":"","target":2}')`,
      `INSERT INTO decision_log VALUES (8, '', '{"kind":"decide","seq":8,"ti')`,
    );
    const store = await openProject(project);
    expect(store.decisions.notices.join()).toMatch(/4 entries .* passed over \(the first is entry 2\)\. The other 4/);
    expect([...store.decisions.state.rows.keys()]).toEqual([0, 2, 3, 4]);
    const decided = { queue: 'decided', threshold: 0.5, filters: [], search: '', sort: [] } as const;
    expect([...(await store.review.query({ ...decided, filters: [], sort: [] }))]).toEqual([0, 2, 3, 4]);
    const { entry } = await store.decisions.append({
      kind: 'decide',
      rows: [9],
      decision: { kind: 'keep' },
      reviewer: '',
      title: '',
    });
    expect(entry.seq).toBe(9);
    await store.close();
    const again = await openProject(project);
    expect(again.decisions.state.rows.get(9)?.decision).toEqual({ kind: 'keep' });
    await again.close();
  });

  it('makes the table of decisions again where it does not say what the log does', async () => {
    const project = copyOf();
    await alter(project, "UPDATE decision_now SET kind = 'keep' WHERE row_no = 1");
    const store = await openProject(project);
    expect(store.decisions.notices).toHaveLength(1);
    const [row] = await store.review.readRows([1]);
    expect(row?.decision).toEqual({ kind: 'remove' });
    await store.close();
  });

  it.each<[string, RegExp, (file: string) => void]>([
    ['a link', /missing/, (file) => (renameSync(file, `${file}.x`), symlinkSync(`${file}.x`, file))],
    ['a pipe', /missing/, (file) => (rmSync(file), makePipe(file))],
    ['a device', /missing/, (file) => (rmSync(file), symlinkSync('/dev/zero', file))],
    ['cut short', /cut short/, (file) => truncateSync(file, statSync(file).size - 4)],
    ['longer', /longer/, (file) => appendFileSync(file, 'x')],
    [
      'of a huge size',
      /damaged/,
      (file) => writeFileSync(file, readFileSync(file, 'latin1').replace('(40,)', '(4000000000000,)'), 'latin1'),
    ],
    [
      'of another type',
      /damaged/,
      (file) => writeFileSync(file, readFileSync(file, 'latin1').replace('<i4', '<f4'), 'latin1'),
    ],
  ])('does not read an array that is %s', async (_, message, change) => {
    const project = copyOf();
    change(join(project, 'arrays', 'audit-2', 'labels.npy'));
    const store = await openProject(project);
    await expect(store.audits.readArray('labels')).rejects.toThrow(message);
    await store.close();
  });
});

describe('a project of an earlier version', () => {
  /** The columns of its table of scores, as the first version made it. */
  const firstColumns =
    'row_no INTEGER, rank INTEGER, split UTINYINT, given INTEGER, suggested INTEGER, reasons UINTEGER, suspicion DOUBLE, log_odds DOUBLE, ' +
    'loss DOUBLE, probability DOUBLE, loo_probability DOUBLE, loo_loss DOUBLE, leverage DOUBLE, self_influence_if DOUBLE, ' +
    'self_influence_rif DOUBLE, val_loss_if DOUBLE, val_loss_rif DOUBLE, nearest_distance DOUBLE';
  const allRows = { queue: 'all', threshold: 0.5, filters: [], search: '' } as const;

  async function shownRows(project: string): Promise<ReviewRow[]> {
    const store = await openProject(project);
    const shown = await store.review.readRows(Array.from({ length: rows }, (_, row) => row));
    await store.close();
    return shown;
  }

  it('shows what it holds', async () => {
    const project = copyOf();
    const shown = await shownRows(project);
    await alter(
      project,
      'DROP INDEX scores_2_row',
      'ALTER TABLE scores_2 RENAME TO old',
      `CREATE TABLE scores_2 (${firstColumns})`,
      `INSERT INTO scores_2 SELECT ${firstColumns.replace(/ [A-Z]+/g, '')} FROM old`,
      'DROP TABLE old',
      'CREATE INDEX scores_2_row ON scores_2 (row_no)',
    );
    const since = scoreColumns.filter(({ name }) => !firstColumns.includes(`, ${name} DOUBLE`));
    const empty = Object.fromEntries(since.map(({ field }) => [field, null]));
    expect(await shownRows(project)).toEqual(shown.map((row) => ({ ...row, ...empty })));
  });

  it('shows scores that came later as empty, and opens again', async () => {
    const project = copyOf();
    const shown = await shownRows(project);
    await alter(
      project,
      'DROP INDEX scores_2_row',
      'ALTER TABLE scores_2 DROP COLUMN loo_loss',
      'CREATE INDEX scores_2_row ON scores_2 (row_no)',
    );
    for (let time = 0; time < 2; time++) {
      expect(await shownRows(project)).toEqual(shown.map((row) => ({ ...row, looLoss: null })));
    }
    const store = await openProject(project);
    const sorted = await store.review.query({
      ...allRows,
      filters: [],
      sort: [{ column: 'loo_loss', descending: true }],
    });
    expect([...sorted]).toEqual(shown.map(({ row }) => row));
    await store.audits.replace(auditOfRows());
    expect(await store.review.readRows(shown.map(({ row }) => row))).toEqual(shown);
    await store.close();
  });

  it('has the experts that are asked by default where it names none', async () => {
    const project = copyOf();
    const named = '"experts":["head","neighbours10","neighbours30"]';
    await alter(
      project,
      `UPDATE meta SET value = replace(value, '${named}', '"useHead":true,"useNeighbours":true') WHERE key = 'audit'`,
    );
    const store = await openProject(project);
    expect(store.audits.latest?.summary.settings.experts).toBe('auto');
    await store.close();
  });

  it('took validation labels as given where it does not say how', async () => {
    const project = copyOf();
    const settings = '"validationLabels":"weighted","validationClean":false';
    await alter(project, `UPDATE meta SET value = replace(value, ',${settings}', '') WHERE key = 'audit'`);
    const store = await openProject(project);
    expect(store.audits.latest?.summary.settings).toMatchObject({ validationLabels: 'given', validationClean: false });
    await store.close();
  });

  it('has a scale for each column where it says nothing of scales', async () => {
    const project = copyOf();
    await alter(project, `UPDATE meta SET value = replace(value, '"scale":"auto",', '') WHERE key = 'audit'`);
    const store = await openProject(project);
    expect(store.audits.latest?.summary.settings.scale).toBe('columns');
    expect(store.audits.latest?.pipeline.embeddings).toBeUndefined();
    await store.close();
  });

  it('has its features counted without the intercept, which it counts itself', async () => {
    const project = copyOf();
    await alter(
      project,
      `UPDATE meta SET value = replace(value, '"features":1,', '"features":2,') WHERE key = 'audit'`,
    );
    const store = await openProject(project);
    expect(store.audits.latest?.summary).toMatchObject({ head: { features: 1 }, featureNames: ['x', 'intercept'] });
    await store.close();
  });

  it('is refused without what every version has', async () => {
    const project = copyOf();
    await alter(project, 'DROP INDEX scores_2_row', 'ALTER TABLE scores_2 DROP COLUMN suspicion');
    expect(await refusal(project)).toMatch(/lacks the column suspicion \(DOUBLE\) in the table scores_2/);
  });
});

describe('a project in a folder with a question mark', () => {
  it('keeps every decision, beside audits that are stored', { timeout: 120_000 }, async () => {
    const project = join(folder(), 'is it? a=b&c', 'what?.assay');
    mkdirSync(join(project, '..'), { recursive: true });
    const lines = Array.from({ length: rows }, (_, row) => `r${row},${row % 7},${row % 2}`);
    const store = await projectOf(writeTestFile(folder(), 'd.csv', `id,x,label\n${lines.join('\n')}\n`), project);
    const audits = (async () => {
      for (let k = 0; k < 4; k++) await store.audits.replace(auditOfRows());
    })();
    for (let row = 0; row < 20; row++) {
      await store.decisions.append({
        kind: 'decide',
        rows: [row],
        decision: { kind: 'keep' },
        reviewer: '',
        title: '',
      });
    }
    await audits;
    // As a kill at this moment would leave it.
    const copy = join(folder(), 'copy.assay');
    cpSync(project, copy, { recursive: true });
    await store.close();
    for (const place of [copy, project]) {
      const again = await openProject(place);
      expect(again.decisions.state.rows.size).toBe(20);
      expect((await again.audits.readArray('labels')).shape).toEqual([rows]);
      await again.close();
    }
  });
});

function linkAway(project: string, name: string): void {
  const away = join(project, '..', 'away');
  renameSync(join(project, name), away);
  symlinkSync(away, join(project, name));
}

function makePipe(path: string): void {
  rmSync(path, { force: true });
  execFileSync('mkfifo', [path]);
}
