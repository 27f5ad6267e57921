import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type AuditedProject, createAuditedProject } from '../../../tests/support/auditedProject';
import type { ExportKind } from '../../contract/exports';
import { CancelledError, InputError, StorageError } from '../../core/base/errors';
import { randomAudit } from '../store/testProject';
import { exportProject } from './exportProject';
import type { RemovalChoice } from './exportRequest';
import { planExport } from './planExport';

let project: AuditedProject | undefined;
afterEach(async () => {
  await project?.remove();
  project = undefined;
});

const every: ExportKind[] = ['removal_list', 'cleaned', 'relabelled', 'scores', 'manifest'];
const by = (removal: RemovalChoice, kinds = every) => ({ kinds, removal, appVersion: '0.0.0' });

/** Awkward on purpose: BOM, CRLF, quotes, line ends and formulas in cells, no line end after the last record. */
const awkward =
  '\ufeffid,text,y\r\n' +
  '=1+1,"a, ""b""",cat\r\n' +
  'r1,"two\r\nlines",dog\r\n' +
  'r2,plain,cat\r\n' +
  '@r3," kept ","dog"\r\n' +
  'r4,é,cat';

async function open(text: string, encoding: BufferEncoding = 'utf8'): Promise<AuditedProject> {
  project = await createAuditedProject({ bytes: Buffer.from(text, encoding), labelColumn: 'y', idColumn: 'id' });
  return project;
}

async function decide(
  rows: number[],
  decision: Parameters<AuditedProject['store']['decisions']['append']>[0],
): Promise<void> {
  await project?.store.decisions.append({ ...decision, rows } as Parameters<
    AuditedProject['store']['decisions']['append']
  >[0]);
}

const decisionOf = (kind: 'remove' | 'keep') => ({
  kind: 'decide' as const,
  rows: [],
  decision: { kind },
  title: kind,
  reviewer: 'Ada',
});
const relabelAs = (label: string) => ({
  kind: 'decide' as const,
  rows: [],
  decision: { kind: 'relabel' as const, label },
  title: 'relabel',
  reviewer: 'Ada',
});

describe('exportProject', () => {
  it('writes numbers that were decided with the decimal mark of their column', async () => {
    const rows = Array.from({ length: 40 }, (_, row) => `r${row};${row % 7};${row},25`);
    const { store, folder } = await open(`id;a;y\n${rows.join('\n')}\n`);
    await store.audits.replace({ ...randomAudit(rows.length, 3), classes: [] });
    await decide([2], relabelAs('1234.5'));
    await decide([3], relabelAs('3.25'));
    const out = join(folder, 'out');
    await exportProject(store, { folder: out, ...by({ kind: 'decisions' }) });
    const written = readFileSync(join(out, 'relabelled.csv'), 'utf8').trim().split('\n');
    expect(written.slice(1)).toEqual(rows.map((line, row) => (row === 2 ? 'r2;2;1234,5' : line)));
    const [header] = readFileSync(join(out, 'scores.csv'), 'utf8').split(/\r?\n/);
    expect(header).toContain('given_value,suggested_value,suggested_low,suggested_high,loss');
    expect(header).not.toContain('probability');
  });

  it('writes the input less the removed records, byte for byte, and changes only label cells', async () => {
    const { store, folder } = await open(awkward);
    await decide([1, 4], decisionOf('remove'));
    await decide([3], relabelAs('cat'));
    await decide([2], relabelAs('a "new", one'));
    await decide([0], relabelAs('cat'));
    const out = join(folder, 'out');
    const result = await exportProject(store, { folder: out, ...by({ kind: 'decisions' }) });
    const lines = ['\ufeffid,text,y\r\n', '=1+1,"a, ""b""",cat\r\n', 'r1,"two\r\nlines",dog\r\n'];
    expect(readFileSync(join(out, 'cleaned.csv'), 'utf8')).toBe(
      `${lines[0]}${lines[1]}r2,plain,cat\r\n@r3," kept ","dog"\r\n`,
    );
    expect(readFileSync(join(out, 'relabelled.csv'), 'utf8')).toBe(
      `${lines.join('')}r2,plain,"a ""new"", one"\r\n@r3," kept ","cat"\r\nr4,é,cat`,
    );
    const list = readFileSync(join(out, 'removal_list.csv'), 'utf8').trim().split('\n');
    expect(list[0]).toBe('row,id,reason,score,rank,decision,reviewer,time,note');
    expect(list).toHaveLength(3);
    expect(list[1]).toMatch(/^1,r1,head disagrees,0\.8,2,remove,Ada,\d{4}-/);
    expect(result.files.map(({ fileName }) => fileName).sort()).toEqual(readdirSync(out).sort());
  });

  it('writes every score with all its digits, and ids as the file has them, for they must join; lists are defused', async () => {
    const { store, folder } = await open(awkward);
    const out = join(folder, 'out');
    await exportProject(store, { folder: out, ...by({ kind: 'suspicion', threshold: 0.7, emptyClasses: true }) });
    const [header, first, second] = readFileSync(join(out, 'scores.csv'), 'utf8').split('\n');
    expect(header).toBe(
      'row,id,split,given_label,suggested_label,rank,suspicion,loss,probability,loo_probability,loo_loss,leverage,' +
        'self_influence_if,self_influence_rif,val_loss_if,val_loss_rif,reasons',
    );
    expect(readFileSync(join(out, 'removal_list.csv'), 'utf8')).toContain("\n0,'=1+1,");
    expect(first).toMatch(/^0,=1\+1,train,cat,dog,1,1,0,1,/);
    const ofTraining = [Math.exp(-1 / 5), 1 / 5, 1 / 3, 1e-17, 2e-17, -5e-4, -1e-3];
    expect(second).toBe(['1,r1,train,dog,cat,2,0.8', 1 / 7, Math.exp(-1 / 7), ...ofTraining, 'head disagrees'].join());
    expect(readFileSync(join(out, 'cleaned.csv'), 'utf8')).not.toContain('=1+1');
    expect(readFileSync(join(out, 'relabelled.csv'), 'utf8')).toBe(awkward);
  });

  it('states the SHA-256 of the input and of every output in the manifest', async () => {
    const { store, folder, file } = await open(awkward);
    const out = join(folder, 'out');
    await exportProject(store, { folder: out, ...by({ kind: 'suspicion', threshold: 0.5 }) });
    const sha = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
    const manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as {
      input: { sha256: string };
      outputs: { file: string; sha256: string }[];
    };
    expect(manifest.input.sha256).toBe(sha(file));
    expect(manifest.outputs).toHaveLength(4);
    for (const output of manifest.outputs) expect(output.sha256).toBe(sha(join(out, output.file)));
  });

  it('removes by suspicion only what nobody decided to keep, never validation rows unless asked', async () => {
    project = await createAuditedProject({
      bytes: Buffer.from('id,y\na,0\nb,1\nc,0\nd,1\ne,0\nf,1\n'),
      labelColumn: 'y',
      idColumn: 'id',
      validation: [1],
    });
    const { store, folder } = project;
    await decide([0], decisionOf('keep'));
    await decide([5], decisionOf('remove'));
    const cleaned = async (removal: RemovalChoice): Promise<string> => {
      await exportProject(store, { folder: join(folder, 'out'), ...by(removal, ['cleaned']) });
      return readFileSync(join(folder, 'out', 'cleaned.csv'), 'utf8');
    };
    const emptyClasses = true;
    expect(await cleaned({ kind: 'suspicion', threshold: 0.5, emptyClasses })).toBe('id,y\na,0\nb,1\ne,0\n');
    expect(await cleaned({ kind: 'suspicion', threshold: 0.5, includeValidation: true, emptyClasses })).toBe(
      'id,y\na,0\ne,0\n',
    );
    expect(await cleaned({ kind: 'suspicion', threshold: 0, top: 1, emptyClasses })).toBe('id,y\na,0\nb,1\nd,1\ne,0\n');
  });

  it('refuses a source that changed, writes nothing, and leaves what was there', async () => {
    const { store, folder, file } = await open(awkward);
    const out = join(folder, 'out');
    mkdirSync(out);
    writeFileSync(join(out, 'cleaned.csv'), 'mine');
    writeFileSync(file, awkward.replace('plain', 'PLAIN'));
    const request = { folder: out, overwrite: true, ...by({ kind: 'decisions' }) };
    await expect(exportProject(store, request)).rejects.toThrow(/has changed since/);
    expect(readdirSync(out)).toEqual(['cleaned.csv']);
    expect(readFileSync(join(out, 'cleaned.csv'), 'utf8')).toBe('mine');
  });

  it('never replaces the data file itself', async () => {
    project = await createAuditedProject({
      bytes: Buffer.from('id,y\na,0\nb,1\n'),
      fileName: 'cleaned.csv',
      labelColumn: 'y',
    });
    const attempt = exportProject(project.store, { folder: project.folder, ...by({ kind: 'decisions' }) });
    await expect(attempt).rejects.toBeInstanceOf(InputError);
    expect(readFileSync(project.file, 'utf8')).toBe('id,y\na,0\nb,1\n');
  });

  it('leaves nothing behind when it is cancelled', async () => {
    const { store, folder } = await open(awkward);
    const out = join(folder, 'out');
    let asked = 0;
    const signal = {
      get cancelled() {
        return asked > 3;
      },
      throwIfCancelled() {
        if (++asked > 3) throw new CancelledError();
      },
    };
    const attempt = exportProject(store, { folder: out, ...by({ kind: 'decisions' }), signal });
    await expect(attempt).rejects.toBeInstanceOf(CancelledError);
    expect(existsSync(out)).toBe(false);
  });

  it('keeps the encoding and the ending of its input', async () => {
    const text = 'id\ty\nä\tnaïve\nb\tö\nc\tö\n';
    project = await createAuditedProject({
      bytes: Buffer.from(`\ufeff${text}`, 'utf16le'),
      fileName: 'data.tsv',
      labelColumn: 'y',
      idColumn: 'id',
    });
    await decide([1], relabelAs('naïve'));
    const out = join(project.folder, 'out');
    await exportProject(project.store, { folder: out, ...by({ kind: 'decisions' }) });
    expect(readFileSync(join(out, 'relabelled.tsv'), 'utf16le')).toBe(`\ufeff${text.replace('b\tö', 'b\tnaïve')}`);
  });

  // Needs a small file system of its own: only root can make one.
  it.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
    'says that the disk is full and leaves nothing',
    async () => {
      const lines = Array.from({ length: 30_000 }, (_, row) => `row-${row},${'x'.repeat(60)},${row % 2}`);
      const { store, folder } = await open(`id,text,y\n${lines.join('\n')}\n`);
      const disk = join(folder, 'disk');
      mkdirSync(disk);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
      try {
        const attempt = exportProject(store, { folder: disk, ...by({ kind: 'decisions' }) });
        await expect(attempt).rejects.toBeInstanceOf(StorageError);
        await expect(attempt).rejects.toThrow(/full/);
        expect(readdirSync(disk)).toEqual([]);
      } finally {
        execFileSync('umount', [disk]);
      }
    },
  );
});

describe('planExport', () => {
  it('counts what would be written and says why a file is not available', async () => {
    const { store, file } = await open(awkward);
    await decide([1], decisionOf('remove'));
    const plan = await planExport(store, 0.5);
    const byKind = new Map(plan.files.map((entry) => [entry.kind, entry]));
    expect(byKind.get('cleaned')).toMatchObject({ count: 4, available: true });
    expect(byKind.get('relabelled')).toMatchObject({ count: 0, available: false });
    expect(plan).toMatchObject({ removed: 1, sourceChanged: false });
    writeFileSync(file, 'other');
    expect((await planExport(store, 0.5)).files.find(({ kind }) => kind === 'cleaned')?.available).toBe(false);
  });
});
