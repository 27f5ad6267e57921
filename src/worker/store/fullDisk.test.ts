import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { StorageError } from '../../core/base/errors';
import { temporaryFolders, writeTestFile } from '../datasets/testFiles';
import { openProject } from './projectStore';
import { projectOf, randomAudit } from './testProject';

const folder = temporaryFolders();
const n = 20_000;

// Needs a small file system of its own: only root can make one.
it.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
  'a project on a full disk says so, keeps what it has, and works again once there is room',
  async () => {
    const place = folder();
    const disk = join(place, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', disk]);
    try {
      const lines = Array.from({ length: n }, (_, row) => `r${row},${(row * 7919) % 1000},${row % 2}`);
      const csv = writeTestFile(place, 'data.csv', `id,x,label\n${lines.join('\n')}\n`);
      const project = join(disk, 'p.assay');
      const store = await projectOf(csv, project);
      await store.audits.replace(randomAudit(n, 1));
      const decision = { kind: 'decide' as const, reviewer: '' };
      await store.decisions.append({ ...decision, rows: [5], decision: { kind: 'remove' }, title: 'remove r5' });
      // Larger than the disk.
      const huge = { data: new Float64Array(4_000_000), shape: [4_000_000] };
      const attempt = store.audits.replace({ ...randomAudit(n, 2), arrays: { huge } });
      await expect(attempt).rejects.toBeInstanceOf(StorageError);
      await expect(attempt).rejects.toThrow(/full/);
      expect((await store.audits.readArray('theta')).data[0]).toBe(1);
      execFileSync('sh', ['-c', `dd if=/dev/zero of=${join(disk, 'filler')} bs=4096 2>/dev/null || true`]);
      let failed: unknown;
      for (let k = 0; k < 200 && failed === undefined; k++) {
        await store.decisions
          .append({ kind: 'note', rows: [k], note: 'x'.repeat(9_000), reviewer: '', title: `note ${k}` })
          .catch((error: unknown) => (failed = error));
      }
      expect(failed).toBeInstanceOf(StorageError);
      execFileSync('rm', [join(disk, 'filler')]);
      await store.decisions.append({ ...decision, rows: [6], decision: { kind: 'keep' }, title: 'keep r6' });
      // The folder as a kill at this moment would leave it.
      const copy = join(place, 'copy.assay');
      execFileSync('cp', ['-r', project, copy]);
      const acknowledged = store.decisions.state.lastSeq;
      await store.close();
      for (const found of [copy, project]) {
        const again = await openProject(found);
        expect(again.decisions.state.lastSeq).toBe(acknowledged);
        expect(again.decisions.state.rows.get(5)?.decision).toEqual({ kind: 'remove' });
        expect(again.decisions.state.rows.get(6)?.decision).toEqual({ kind: 'keep' });
        expect((await again.audits.readArray('theta')).data[0]).toBe(1);
        await again.close();
      }
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  },
);
