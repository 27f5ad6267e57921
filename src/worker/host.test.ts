import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ProjectNews } from '../contract/control';
import { ComputeClient } from './compute/thread/computeClient';
import { temporaryFolders, writeTestFile } from './datasets/testFiles';
import { EngineHost } from './host';
import { OpenProject } from './project/openProject';
import { openElsewhere } from './store/testProject';

const makeFolder = temporaryFolders();
afterEach(() => vi.restoreAllMocks());

interface Engine {
  readonly host: EngineHost;
  /** Where the project of the data file is made. */
  readonly project: string;
  open(): Promise<{ readonly ok: boolean }>;
}

function startEngine(onClosed: () => void = () => undefined): Engine {
  const folder = makeFolder();
  const host = new EngineHost({
    version: '0.0.0',
    projectsFolder: folder,
    reviewer: '',
    applicationFolder: folder,
    computeThread: join(folder, 'none.js'),
    encoderThread: join(folder, 'none.js'),
    onProject: (news: ProjectNews | null) => {
      if (news === null) onClosed();
    },
  });
  host.addGrant('grant-1234', writeTestFile(folder, 'data.csv', 'a,label\n1,x\n2,y\n'), 'source');
  return {
    host,
    project: join(folder, 'data.assay'),
    open: () => host.call('project.openSource', { grant: 'grant-1234' }),
  };
}

/** The steps that were taken; those in `failing` failed then. */
function watchClosing(failing: readonly string[]): string[] {
  const taken: string[] = [];
  for (const [name, prototype] of Object.entries({
    project: OpenProject.prototype,
    compute: ComputeClient.prototype,
  })) {
    const close = prototype.close as (...values: unknown[]) => Promise<void>;
    vi.spyOn(prototype, 'close').mockImplementation(async function (this: object, ...values: unknown[]) {
      await close.apply(this, values);
      taken.push(name);
      if (failing.includes(name)) throw new Error(name);
    });
  }
  return taken;
}

describe('shutting the engine down', () => {
  it.each([
    ['the project', ['project']],
    ['whoever hears of it', ['listener']],
    ['the compute thread', ['compute']],
    ['everything', ['project', 'listener', 'compute']],
  ])('takes all steps when %s fails, and tells what failed first', async (_what, failing) => {
    const log = vi.spyOn(console, 'error').mockReturnValue();
    const taken = watchClosing(failing);
    const engine = startEngine(() => {
      taken.push('listener');
      if (failing.includes('listener')) throw new Error('listener');
    });
    expect(await engine.open()).toMatchObject({ ok: true });
    await expect(engine.host.shutdown()).rejects.toThrow(failing[0]);
    expect(taken).toEqual(['project', 'listener', 'compute']);
    expect(log).toHaveBeenCalledTimes(failing.length - 1);
    openElsewhere(engine.project);
  });

  it('closes a project that is being opened', async () => {
    const engine = startEngine();
    const opening = engine.open();
    await vi.waitFor(() => expect(existsSync(engine.project)).toBe(true));
    await engine.host.shutdown();
    expect(await opening).toMatchObject({ ok: true });
    openElsewhere(engine.project);
  });

  it('opens no project any more', async () => {
    const engine = startEngine();
    const opening = engine.open();
    await engine.host.shutdown();
    expect(await opening).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    expect(existsSync(engine.project)).toBe(false);
  });
});

describe('opening another project', () => {
  it('is possible again at once when closing the one before failed, which is told', async () => {
    const engine = startEngine();
    vi.spyOn(console, 'error').mockReturnValue();
    await engine.open();
    watchClosing(['project']);
    expect(await engine.open()).toMatchObject({ ok: false, error: { message: expect.stringContaining('project') } });
    vi.restoreAllMocks();
    expect(await engine.open()).toMatchObject({ ok: true });
    await engine.host.shutdown();
  });
});

interface Opened {
  readonly ok: boolean;
  readonly value: {
    readonly folder: string;
    readonly dataset: {
      readonly embeddings: { readonly name: string; readonly id: string | null } | null;
      readonly columns: readonly { readonly name: string; readonly role: string }[];
    };
  };
}

describe('embeddings of a second file', () => {
  it('make a project of their own, with what was said of columns, and can be taken away', async () => {
    const place = makeFolder();
    const engine = startEngine();
    const { host } = engine;
    const rows = Array.from({ length: 12 }, (_, row) => `r${row},${row % 5},${'xy'[row % 2]}`);
    const data = writeTestFile(place, 'named.csv', ['name,a,label', ...rows, ''].join('\n'));
    const lists = Array.from({ length: 12 }, (_, row) => `r${row},${row},${row * row}`);
    host.addGrant('data-1234', data, 'source');
    host.addGrant(
      'vectors-1234',
      writeTestFile(place, 'vectors.csv', ['name,v0,v1', ...lists, ''].join('\n')),
      'embeddings',
    );
    host.addGrant('again-1234', data, 'embeddings');
    host.addGrant('export-1234', data, 'export');
    const alone = (await host.call('project.openSource', { grant: 'data-1234' })) as Opened;
    expect(alone.value.dataset.embeddings).toBeNull();
    await host.call('dataset.setColumns', { columns: [{ index: 1, role: 'group', type: 'integer' }] });
    const ask = async (grant: string | null, id: string | null = null): Promise<Opened> =>
      (await host.call('dataset.joinEmbeddings', { grant, id })) as Opened;
    // What cannot be joined leaves the project that is open as it is.
    expect(await ask('again-1234')).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('This is the data file itself') },
    });
    expect(await ask('export-1234')).toMatchObject({ ok: false });
    expect(await ask('vectors-1234', 'nowhere')).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('There is no column “nowhere”') },
    });
    const joined = await ask('vectors-1234', 'name');
    expect(joined, JSON.stringify(joined)).toMatchObject({ ok: true });
    expect(joined.value.folder).not.toBe(alone.value.folder);
    expect(joined.value.dataset.embeddings).toEqual({ name: 'vectors.csv', id: 'name' });
    const { dataset } = ((await host.call('project.openSource', { grant: 'data-1234' })) as Opened).value;
    expect(dataset.embeddings).toBeNull();
    const found = await ask('vectors-1234', 'name');
    expect(found.value.folder).toBe(joined.value.folder);
    expect(found.value.dataset.columns.find(({ name }) => name === 'a')?.role).toBe('group');
    const away = await ask(null);
    expect(away.value).toMatchObject({ folder: alone.value.folder, dataset: { embeddings: null } });
    await host.shutdown();
  });
});

describe('looking at what is to be opened', () => {
  /** A folder whose table says something of more files than it has. */
  function writeManyLines(folder: string): string {
    const lines = Array.from({ length: 200_000 }, (_, k) => `{"file_name":"${k}.txt","label":"a"}`);
    mkdirSync(join(folder, 'many'));
    writeTestFile(join(folder, 'many'), '0.txt', 'some text');
    writeTestFile(join(folder, 'many'), 'metadata.jsonl', lines.join('\n'));
    return join(folder, 'many');
  }

  it('tells what is done, and is given up at once with nothing left behind', async () => {
    const engine = startEngine();
    const folder = dirname(engine.project);
    engine.host.addGrant('grant-many', writeManyLines(makeFolder()), 'source');
    const told: (string | null)[] = [];
    let cancelledAt = Number.POSITIVE_INFINITY;
    engine.host.onEvent((event) => {
      if (event.kind !== 'looking') return;
      told.push(event.text);
      if (cancelledAt < Number.POSITIVE_INFINITY) return;
      cancelledAt = performance.now();
      void engine.host.call('project.cancelLooking', {});
    });
    // Slower than it is: every line of the table takes a turn.
    vi.spyOn(JSON, 'parse').mockImplementation((text: string) => {
      for (const until = performance.now() + 0.02; performance.now() < until;);
      return { file_name: text.slice(14, 20), label: 'a' };
    });
    const answer = await engine.host.call('project.openSource', { grant: 'grant-many' });
    vi.restoreAllMocks();
    expect(answer).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    expect(told[0]).toMatch(/^(Looking at many|Listing many: |Reading metadata\.jsonl: [\d,]+ lines)/);
    expect(told[told.length - 1]).toBeNull();
    expect(readdirSync(folder)).toEqual(['data.csv']);
    // What was open before it was closed; the next one opens as ever.
    expect(await engine.open()).toMatchObject({ ok: true });
    await engine.host.shutdown();
  });

  it('is given up where something else is opened', async () => {
    const engine = startEngine();
    engine.host.addGrant('grant-many', writeManyLines(makeFolder()), 'source');
    const first = engine.host.call('project.openSource', { grant: 'grant-many' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await engine.open()).toMatchObject({ ok: true });
    expect(await first).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    await engine.host.shutdown();
  });
});
