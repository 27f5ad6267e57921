import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CancelledError, StorageError } from '../../../core/base/errors';
import { temporaryFolders, writeTestFile } from '../../datasets/testFiles';
import { NpyRows } from '../npy/npyRows';
import { openProject, type ProjectStore } from '../projectStore';
import { projectOf, randomAudit } from '../testProject';

const folder = temporaryFolders();
const n = 500;
const shape = { rows: n, columns: 2, element: 'float64' } as const;
const cancelled = {
  cancelled: true,
  throwIfCancelled() {
    throw new CancelledError();
  },
};

async function sampleProject(place = folder()): Promise<ProjectStore> {
  const lines = Array.from({ length: n }, (_, row) => `${(row * 7919) % 1000},${row % 2}`);
  return projectOf(writeTestFile(place, 'data.csv', `x,label\n${lines.join('\n')}\n`), join(place, 'p.assay'));
}

function arraysOf(store: ProjectStore): string[] {
  const arrays = join(store.folder, 'arrays');
  return readdirSync(arrays).flatMap((name) => readdirSync(join(arrays, name)).map((file) => `${name}/${file}`));
}

describe('the draft of an audit', () => {
  it('becomes the audit together with the other arrays', async () => {
    const store = await sampleProject();
    await store.audits.replace(randomAudit(n, 1));
    const draft = store.audits.draft();
    const writer = await draft.writeRows('features', shape);
    await writer.append(Float64Array.from({ length: 2 * n }, (_, k) => k));
    await writer.finish();
    expect(store.audits.latest?.arrayNames).toEqual(['theta']);
    await store.audits.replace(randomAudit(n, 2), undefined, draft);
    await draft.discard();
    expect(store.audits.latest?.arrayNames).toEqual(['features', 'theta']);
    expect(arraysOf(store)).toHaveLength(2);
    const reference = store.audits.findRows('features');
    expect(reference).toMatchObject({ kind: 'npy', ...shape });
    const stored = NpyRows.openReference(reference);
    const out = new Float64Array(2);
    stored.read(n - 1, 1, out);
    stored.close();
    expect([...out]).toEqual([2 * n - 2, 2 * n - 1]);
    expect(() => store.audits.findRows('theta')).toThrow(StorageError);
    expect(() => store.audits.findRows('other')).toThrow(/has no array other/);
    await store.close();
  });

  it('leaves nothing when it is discarded or recording it fails, and the audit there was', async () => {
    const store = await sampleProject();
    await store.audits.replace(randomAudit(n, 1));
    const before = arraysOf(store);
    for (const end of ['discard', 'cancel', 'wrong length']) {
      const draft = store.audits.draft();
      const writer = await draft.writeRows('features', shape);
      await writer.append(new Float64Array(n));
      expect(arraysOf(store)).toHaveLength(2);
      if (end === 'discard') await draft.discard();
      if (end === 'cancel') {
        await expect(store.audits.replace(randomAudit(n, 2), cancelled, draft)).rejects.toBeInstanceOf(CancelledError);
      }
      if (end === 'wrong length')
        await expect(store.audits.replace(randomAudit(9, 2), undefined, draft)).rejects.toThrow();
      expect(arraysOf(store)).toEqual(before);
    }
    expect((await store.audits.readArray('theta')).data[0]).toBe(1);
    await store.close();
  });

  it('outlives other things that tidy up, and not a crash', async () => {
    const store = await sampleProject();
    const draft = store.audits.draft();
    const writer = await draft.writeRows('features', shape);
    await writer.append(new Float64Array(2 * n));
    await store.audits.replace(randomAudit(n, 1));
    expect(arraysOf(store)).toHaveLength(2);
    const copy = join(folder(), 'copy.assay');
    cpSync(store.folder, copy, { recursive: true });
    await writer.finish();
    await store.audits.replace(randomAudit(n, 2), undefined, draft);
    await store.close();
    const again = await openProject(copy);
    expect(arraysOf(again)).toEqual([`audit-${again.audits.latest?.generation ?? 0}/theta.npy`]);
    await again.close();
  });

  // Needs a small file system of its own: only root can make one.
  it.runIf(process.platform === 'linux' && process.getuid?.() === 0)('leaves nothing on a full disk', async () => {
    const disk = join(folder(), 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', disk]);
    try {
      const store = await sampleProject(disk);
      await store.audits.replace(randomAudit(n, 1));
      const before = arraysOf(store);
      const draft = store.audits.draft();
      const writer = await draft.writeRows('features', { ...shape, columns: 10_000 });
      const write = async (): Promise<void> => {
        for (let row = 0; row < n; row += 50) await writer.append(new Float64Array(50 * 10_000));
      };
      await expect(write()).rejects.toThrow(/full/);
      await draft.discard();
      expect(arraysOf(store)).toEqual(before);
      await store.audits.replace(randomAudit(n, 2));
      await store.close();
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  });
});
