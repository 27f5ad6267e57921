import { existsSync } from 'node:fs';
import { join } from 'node:path';
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
