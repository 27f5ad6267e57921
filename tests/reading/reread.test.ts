import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { EngineEvent, EngineMethod, EngineParams, EngineResult } from '../../src/contract/engineApi';
import { temporaryFolders, writeTestFile } from '../../src/worker/datasets/testFiles';
import { EngineHost } from '../../src/worker/host';
import { openProject } from '../../src/worker/store/projectStore';

const makeFolder = temporaryFolders();
const hosts: EngineHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.shutdown();
});

interface TestEngine {
  readonly host: EngineHost;
  readonly call: <M extends EngineMethod>(method: M, params: EngineParams<M>) => Promise<EngineResult<M>>;
  /** Resolves when no file is being read. */
  readonly whenRead: () => Promise<void>;
}

function startEngine(projectsFolder: string): TestEngine {
  const host = new EngineHost({
    version: '0.0.0',
    projectsFolder,
    reviewer: 'test',
    applicationFolder: process.cwd(),
    computeThread: join(projectsFolder, 'none.js'),
    encoderThread: join(projectsFolder, 'none.js'),
    onProject: () => undefined,
  });
  hosts.push(host);
  let loads = 0;
  const waiting: (() => void)[] = [];
  const running = new Set<string>();
  host.onEvent((event: EngineEvent) => {
    if (event.kind !== 'job' || event.job.kind !== 'load') return;
    if (['done', 'failed', 'cancelled'].includes(event.job.state)) running.delete(event.job.id);
    else running.add(event.job.id);
    loads = running.size;
    if (loads === 0) waiting.splice(0).forEach((resolve) => resolve());
  });
  const call: TestEngine['call'] = async (method, params) => {
    const answer = await host.call(method, params);
    if (!answer.ok) throw new Error(answer.error.message);
    // What a method answers is typed by its name.
    return answer.value as EngineResult<typeof method>;
  };
  const whenRead = (): Promise<void> => (loads === 0 ? Promise.resolve() : new Promise((done) => waiting.push(done)));
  return { host, call, whenRead };
}

async function open(engine: TestEngine, file: string): Promise<EngineResult<'project.openSource'>> {
  engine.host.addGrant('grant-1234', file, 'source');
  const project = await engine.call('project.openSource', { grant: 'grant-1234' });
  await engine.whenRead();
  return project;
}

const lines = (write: (row: number) => string, header: string): string =>
  `${[header, ...Array.from({ length: 40 }, (_, row) => write(row))].join('\n')}\n`;
/** Cells with a semicolon in each, between commas. */
const ambiguous = lines((row) => `${row};${row % 3},${row * 2};1,${'AB'[row % 2]}`, 'a;x,b;y,label');

describe('reading a file another way', () => {
  it('shows the new rows at once, then reads them all, and goes back to what was found', async () => {
    const folder = makeFolder();
    const engine = startEngine(folder);
    const first = await open(engine, writeTestFile(folder, 'data.csv', ambiguous));
    const found = first.preview.dialect.delimiter;
    const other = found === ',' ? ';' : ',';
    const read = await engine.call('dataset.reread', { dialect: { delimiter: other } });
    expect(read.preview.columns).toHaveLength(3);
    expect(read.preview.dialect.delimiter).toBe(other);
    expect(read.dataset).toMatchObject({ complete: false, said: { delimiter: other } });
    await engine.whenRead();
    const dataset = await engine.call('dataset.summary', {});
    expect(dataset).toMatchObject({ complete: true, rowCount: 40, said: { delimiter: other } });
    expect(dataset.dialect.delimiter).toBe(other);
    const back = await engine.call('dataset.reread', { dialect: {} });
    expect(back.preview.dialect).toEqual(first.preview.dialect);
    await engine.whenRead();
    expect(await engine.call('dataset.summary', {})).toMatchObject({ said: {}, rowCount: 40 });
  });

  it('keeps what was said of columns with the same names, and across a restart', async () => {
    const folder = makeFolder();
    const file = writeTestFile(
      folder,
      'data.csv',
      lines((row) => `${row},${row % 5},${row % 2}`, 'a,b,label'),
    );
    const engine = startEngine(folder);
    await open(engine, file);
    await engine.call('dataset.setColumns', { columns: [{ index: 1, role: 'group', type: 'category' }] });
    await engine.call('dataset.reread', { dialect: { missing: ['3'] } });
    await engine.whenRead();
    await engine.host.shutdown();
    const again = startEngine(folder);
    const project = await open(again, file);
    expect(project.dataset.said).toEqual({ missing: ['3'] });
    expect(project.dataset.columns[1]).toMatchObject({ name: 'b', role: 'group', type: 'category' });
    await again.call('dataset.reread', { dialect: { header: false } });
    await again.whenRead();
    const other = await again.call('dataset.summary', {});
    expect(other.columns.map(({ name }) => name)).toEqual(['column 1', 'column 2', 'column 3']);
    expect(other.rowCount).toBe(41);
  });

  it('keeps what is said of columns while the file is being read', async () => {
    const folder = makeFolder();
    const engine = startEngine(folder);
    const said: Promise<EngineResult<'dataset.setColumns'>>[] = [];
    engine.host.onEvent(({ kind }) => {
      if (kind !== 'reading') return;
      said.push(engine.call('dataset.setColumns', { columns: [{ index: 1, role: 'group', type: 'category' }] }));
    });
    const file = lines((row) => `${row},${row % 5},${row % 2}`, 'a,b,label');
    await open(engine, writeTestFile(folder, 'data.csv', file));
    const [first] = await Promise.all(said);
    expect(first).toMatchObject({ complete: false, columns: [{}, { name: 'b', role: 'group' }, {}] });
    expect(await engine.call('dataset.summary', {})).toMatchObject({
      complete: true,
      columns: [{}, { name: 'b', role: 'group', type: 'category' }, {}],
    });
    expect((await engine.call('dataset.preview', {})).columns[1]).toMatchObject({ role: 'group' });
  });

  it.each([
    ['at once', 10, 0],
    ['only further down', 20_000, 39],
  ])('stays as it is where the file cannot be read so, which shows %s', async (_, width, open_) => {
    const folder = makeFolder();
    const engine = startEngine(folder);
    // From one apostrophe on the rest of the file would be one cell.
    const write = (row: number): string => `${'x'.repeat(width)}${row},${row === open_ ? "'open" : 'fine'},${row % 2}`;
    await open(engine, writeTestFile(folder, 'data.csv', lines(write, 'a,b,label')));
    const before = await engine.call('dataset.summary', {});
    const read = await engine
      .call('dataset.reread', { dialect: { quote: "'" } })
      .catch((error: Error) => error.message);
    await engine.whenRead();
    expect(typeof read === 'string' ? read : 'later').toMatch(open_ === 0 ? /quote/ : 'later');
    const { dialect } = await engine.call('dataset.preview', {});
    expect(dialect).toEqual(before.dialect);
    const after = await engine.call('dataset.summary', {});
    expect(after.dialect).toEqual(before.dialect);
    expect(after).toMatchObject({ complete: true, rowCount: 40, said: {}, blocked: null });
  });

  it('reads as was said last when several follow each other', async () => {
    const folder = makeFolder();
    const engine = startEngine(folder);
    await open(engine, writeTestFile(folder, 'data.csv', ambiguous));
    const asked = [{ delimiter: ';' }, { delimiter: ',' }, { header: false }, { delimiter: ';', header: false }];
    await Promise.all(asked.map((dialect) => engine.call('dataset.reread', { dialect })));
    await engine.whenRead();
    const dataset = await engine.call('dataset.summary', {});
    expect(dataset).toMatchObject({ complete: true, rowCount: 41, said: asked[3] });
    expect(dataset.dialect).toMatchObject(asked[3]);
  });

  it('goes on with a reading that was cut off when the project is opened again', async () => {
    const folder = makeFolder();
    const file = writeTestFile(folder, 'data.csv', ambiguous);
    const engine = startEngine(folder);
    const { folder: project } = await open(engine, file);
    await engine.call('dataset.reread', { dialect: { header: false } });
    await engine.host.shutdown();
    const again = startEngine(folder);
    await open(again, file);
    expect(await again.call('dataset.summary', {})).toMatchObject({
      complete: true,
      rowCount: 41,
      said: { header: false },
    });
    const origin = JSON.parse(readFileSync(join(project, 'origin.json'), 'utf8')) as unknown;
    expect(origin).toMatchObject({ attempts: 0, said: { header: false } });
  });

  it('never gives up decisions: they stay in their project, and the file is read into another', async () => {
    const folder = makeFolder();
    const file = writeTestFile(folder, 'data.csv', ambiguous);
    const engine = startEngine(folder);
    const { folder: project } = await open(engine, file);
    await engine.host.shutdown();
    const store = await openProject(project);
    await store.decisions.append({
      kind: 'decide',
      rows: [3],
      decision: { kind: 'remove' },
      reviewer: 'x',
      title: 'remove 3',
    });
    await store.close();

    const again = startEngine(folder);
    await open(again, file);
    await expect(again.call('dataset.reread', { dialect: { header: false } })).rejects.toThrow(/as a new project/);
    const other = await again.call('dataset.reread', { dialect: { header: false }, asNewProject: true });
    await again.whenRead();
    expect(other.folder).not.toBe(project);
    expect(await again.call('dataset.summary', {})).toMatchObject({ rowCount: 41, said: { header: false } });
    await again.host.shutdown();
    const kept = await openProject(project);
    expect(kept.decisions.state.rows.get(3)?.decision).toEqual({ kind: 'remove' });
    expect(kept.sources.source?.rowCount).toBe(40);
    await kept.close();
    expect(readdirSync(folder).filter((entry) => entry.endsWith('.assay'))).toHaveLength(2);
    // The file itself opens the project in which it was read last.
    const last = startEngine(folder);
    expect((await open(last, file)).folder).toBe(other.folder);
  });

  it('never takes the place of what was opened while the new project was prepared', async () => {
    const folder = makeFolder();
    const engine = startEngine(folder);
    await open(engine, writeTestFile(folder, 'data.csv', ambiguous));
    const other = writeTestFile(folder, 'other.csv', 'x,label\n1,a\n2,b\n3,a\n');
    const late = engine.call('dataset.reread', { dialect: { header: false }, asNewProject: true });
    const [opened] = await Promise.all([open(engine, other), late.catch(() => undefined)]);
    expect(opened.name).toBe('other');
    expect(await engine.call('dataset.summary', {})).toMatchObject({ rowCount: 3, said: {} });
  });
});
