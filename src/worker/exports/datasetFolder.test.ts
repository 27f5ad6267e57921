import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';
import { afterEach, expect, it } from 'vitest';
import { type AuditedProject, createAuditedProject } from '../../../tests/support/auditedProject';
import { CancelledError } from '../../core/base/errors';
import { zipOf } from '../archives/testZip';
import type { RecordBlock } from '../datasets/datasetTypes';
import { findSource } from '../datasets/findSource';
import { pngHead } from '../datasets/folders/testFolder';
import { exportProject } from './exportProject';
import type { ExportRequest } from './exportRequest';

let project: AuditedProject | undefined;
afterEach(async () => {
  await project?.remove();
  project = undefined;
});

/** A picture of its own in every file. */
const picture = (mark: string): Buffer => Buffer.concat([pngHead, Buffer.from(mark)]);

async function open(made: Parameters<typeof createAuditedProject>[0]): Promise<AuditedProject> {
  project = await createAuditedProject(made);
  return project;
}

async function decide({ store }: AuditedProject, removed: number[], relabelled: Record<number, string>): Promise<void> {
  const said = { kind: 'decide', title: 'by test', reviewer: 'Ada' } as const;
  if (removed.length > 0) await store.decisions.append({ ...said, rows: removed, decision: { kind: 'remove' } });
  for (const [row, label] of Object.entries(relabelled)) {
    await store.decisions.append({ ...said, rows: [Number(row)], decision: { kind: 'relabel', label } });
  }
}

async function make(of: AuditedProject, how: Partial<ExportRequest> = {}) {
  const folder = how.folder ?? join(of.folder, 'out');
  const request = { kinds: ['dataset'], removal: { kind: 'decisions' }, appVersion: '1', ...how, folder } as const;
  const result = await exportProject(of.store, request);
  const at = (path: string): string => join(folder, 'dataset', path);
  const { data } = Papa.parse<Record<string, string>>(readFileSync(join(folder, 'dataset_files.csv'), 'utf8').trim(), {
    header: true,
  });
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as {
    folder: Record<string, unknown>;
    outputs: { file: string; sha256: string }[];
  };
  return { folder, result, at, list: data, manifest };
}

/** Id and label of every row of a folder, as it opens. */
async function readBack(folder: string): Promise<string[][]> {
  const inspection = await (await findSource(folder)).inspect();
  const label = inspection.preview.columns.findIndex(({ role }) => role === 'label');
  const blocks: RecordBlock[] = [];
  await inspection.read({ onBlock: (block) => void blocks.push(block) });
  return blocks.flatMap(({ cells }) => cells.map((cell) => [cell[0], cell[label]]));
}

const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const pictures = {
  'train/cat/1.png': picture('a'),
  'train/cat/=2.png': picture('b'),
  'train/dog/1.png': picture('c'),
  'val/dog/4.png': picture('d'),
};

it('makes a folder of the files that stay under their corrected labels, which opens as that dataset', async () => {
  const of = await open({ files: pictures, labelColumn: 'label' });
  await decide(of, [1], { 2: 'cat' });
  const { result, at, list, manifest, folder } = await make(of);
  expect(readFileSync(at('train/cat/1.png'))).toEqual(pictures['train/cat/1.png']);
  // The file whose label was changed gives way.
  expect(readFileSync(at('train/cat/1 (2).png'))).toEqual(pictures['train/dog/1.png']);
  expect(existsSync(at('train/dog'))).toBe(false);
  expect(await readBack(join(folder, 'dataset'))).toEqual([
    ['train/cat/1 (2).png', 'cat'],
    ['train/cat/1.png', 'cat'],
    ['val/dog/4.png', 'dog'],
  ]);
  expect(list).toHaveLength(3);
  expect(list[1]).toEqual({
    file_name: 'train/cat/1 (2).png',
    source: 'train/dog/1.png',
    row: '2',
    label: 'cat',
    split: 'train',
    made_by: 'copy',
    bytes: String(pictures['train/dog/1.png'].length),
    sha256: sha(pictures['train/dog/1.png']),
  });
  expect(readFileSync(at('train/metadata.jsonl'), 'utf8')).toBe(
    '{"file_name":"cat/1.png","label":"cat","split":"train"}\n{"file_name":"cat/1 (2).png","label":"cat","split":"train"}\n',
  );
  expect(result.notes[0]).toBe('The folder dataset holds 3 files (3 as copies).');
  expect(result.notes[1]).toContain('1 file has a number in the name');
  expect(manifest.folder).toMatchObject({ name: 'dataset', files: 3, links: 0, copies: 3 });
  for (const { file, sha256 } of manifest.outputs) expect(sha(readFileSync(join(folder, file)))).toBe(sha256);
  expect(manifest.outputs.map(({ file }) => file)).toEqual([
    'dataset_files.csv',
    'dataset/train/metadata.jsonl',
    'dataset/val/metadata.jsonl',
  ]);
});

it('links where that is asked for, and touches no original', async () => {
  const of = await open({ files: pictures, labelColumn: 'label' });
  await decide(of, [], { 2: 'cat' });
  const before = Object.keys(pictures).map((path) => statSync(join(of.file, path)).mtimeMs);
  const { result, at, list } = await make(of, { fileMode: 'link' });
  expect(statSync(at('train/cat/1 (2).png')).ino).toBe(statSync(join(of.file, 'train/dog/1.png')).ino);
  expect(list.map(({ made_by: how }) => how)).toEqual(['link', 'link', 'link', 'link']);
  expect(list[0]['sha256']).toBe(sha(pictures['train/cat/1.png']));
  expect(result.notes[1]).toContain('whoever changes one changes both');
  expect(Object.keys(pictures).map((path) => statSync(join(of.file, path)).mtimeMs)).toEqual(before);
  for (const [path, bytes] of Object.entries(pictures)) expect(readFileSync(join(of.file, path))).toEqual(bytes);
});

// Needs a file system of its own: only root can make one.
it.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
  'copies where a link would lead to another disk, and says so; a full disk leaves nothing',
  async () => {
    const of = await open({
      files: { ...pictures, 'val/cat/5.png': picture('e'.repeat(100_000)) },
      labelColumn: 'label',
    });
    const disk = join(of.folder, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=200k', 'tmpfs', disk]);
    try {
      const { result, list } = await make(of, { fileMode: 'link', folder: join(disk, 'one') });
      expect(list.every(({ made_by: how }) => how === 'copy')).toBe(true);
      expect(result.notes).toContain('5 files were copied and not linked, as a link cannot lead to another disk.');
      await expect(make(of, { folder: join(disk, 'two') })).rejects.toThrow(/full/);
      expect(readdirSync(disk)).toEqual(['one']);
    } finally {
      execFileSync('umount', [disk]);
    }
  },
);

it('is never made over anything that is there, nor in the data, whatever is allowed', async () => {
  const of = await open({ files: pictures, labelColumn: 'label' });
  const out = join(of.folder, 'out');
  await make(of, { folder: out });
  await expect(make(of, { folder: out, overwrite: true })).rejects.toThrow(
    /holds dataset already.*Choose another folder/,
  );
  const other = join(of.folder, 'other');
  mkdirSync(other);
  symlinkSync(out, join(other, 'dataset'));
  await expect(make(of, { folder: other, overwrite: true })).rejects.toThrow(/holds dataset already/);
  expect(readdirSync(other)).toEqual(['dataset']);
  await expect(make(of, { folder: join(of.file, 'train') })).rejects.toThrow(/which is the data/);
});

it('refuses a folder that has changed, or that a project from elsewhere names, and leaves nothing when cancelled', async () => {
  const of = await open({ files: pictures, labelColumn: 'label' });
  await expect(make(of, { mayReadFiles: () => false })).rejects.toThrow(/came from elsewhere/);
  let asked = 0;
  const signal = {
    get cancelled() {
      return asked > 3;
    },
    throwIfCancelled() {
      if (++asked > 3) throw new CancelledError();
    },
  };
  await expect(make(of, { signal, fileMode: 'link' })).rejects.toBeInstanceOf(CancelledError);
  expect(readdirSync(of.folder).filter((name) => name.startsWith('.') || name === 'out')).toEqual([]);
  utimesSync(join(of.file, 'train/cat/1.png'), 1, 1);
  await expect(make(of)).rejects.toThrow(/data has changed since it was read/);
  expect(existsSync(join(of.folder, 'out'))).toBe(false);
  for (const path of Object.keys(pictures)) expect(existsSync(join(of.file, path))).toBe(true);
});

it('copies files out of an archive, and says that they cannot be linked to', async () => {
  const entries = Object.entries(pictures).map(([name, bytes]) => ({ name: `all/${name}`, bytes }));
  const of = await open({ bytes: zipOf(entries), fileName: 'data.zip', labelColumn: 'label', idColumn: 'file_name' });
  await decide(of, [1], { 2: 'cat' });
  const { result, at, list, folder } = await make(of, { fileMode: 'link', kinds: ['dataset', 'cleaned', 'metadata'] });
  expect(list.map(({ file_name: name, source, made_by: how }) => [name, source, how])).toEqual([
    ['cat/1.png', 'all/train/cat/1.png', 'copy'],
    ['cat/1 (2).png', 'all/train/dog/1.png', 'copy'],
    ['dog/4.png', 'all/val/dog/4.png', 'copy'],
  ]);
  expect(readFileSync(at('cat/1 (2).png'))).toEqual(pictures['train/dog/1.png']);
  expect(result.notes).toContain('3 files were copied and not linked, as files in an archive cannot be linked to.');
  expect(result.notes.join()).toContain('relative to the top of the archive');
  expect(readFileSync(join(folder, 'cleaned.csv'), 'utf8').split('\n')[1]).toBe('all/train/cat/1.png,cat,train');
  writeFileSync(of.file, zipOf(entries.slice(1)));
  await expect(make(of, { folder: join(of.folder, 'later') })).rejects.toThrow(/data.zip has changed since/);
});

it('takes the pictures that a table names, and only those below its folder', async () => {
  const cells = [
    'a,p/1.png,x/y,Train',
    'b,q\\1.png,x/y,train',
    'c,../secret.png,x/y,dev',
    'd,p/gone.png,.,dev',
    'e,,.,dev',
    'f,p/way.png,.,dev',
    'g,p/3.png,,dev',
    'h,p/1.png,..,dev',
  ];
  const files = { 'p/1.png': picture('1'), 'q/1.png': picture('2'), 'p/3.png': picture('3'), 'aside/s.png': 'secret' };
  const of = await open({
    bytes: Buffer.from(`key,image,label,set\n${cells.join('\n')}\n`),
    files,
    labelColumn: 'label',
  });
  const columns = of.store.sources.columns.map((column) =>
    column.name === 'set' ? { ...column, role: 'split' as const } : column,
  );
  await of.store.sources.saveColumns(columns);
  symlinkSync('/etc/hostname', join(of.folder, 'p/way.png'));
  const { list, result, at, folder } = await make(of, { fileMode: 'link' });
  expect(list.map(({ file_name: name, source, row }) => [name, source, row])).toEqual([
    ['Train/x_y/1.png', 'p/1.png', '0'],
    ['Train/x_y/1 (2).png', 'q/1.png', '1'],
    ['dev/3.png', 'p/3.png', '6'],
    ['dev/__/1.png', 'p/1.png', '7'],
  ]);
  expect(result.notes).toEqual([
    'The folder dataset holds 4 files (4 as hard links).',
    expect.stringContaining('whoever changes one changes both'),
    '1 file has a number in the name, as another file of that folder has it (q/1.png is Train/x_y/1 (2).png).',
    '3 labels are no name of a folder, which is called otherwise (“x/y”, “.”, “..”); metadata.jsonl has the labels.',
    '4 rows name no file that is there, and are not in the folder (p/gone.png: The file is missing.).',
    expect.stringContaining('relative to the folder in which the data file lies'),
  ]);
  expect(readFileSync(at('Train/metadata.jsonl'), 'utf8').split('\n')[1]).toBe(
    '{"file_name":"x_y/1 (2).png","label":"x/y","split":"Train","key":"b"}',
  );
  // Nothing but what was listed, wherever one looks.
  const all = readdirSync(join(folder, 'dataset'), { recursive: true, withFileTypes: true });
  expect(
    all
      .filter((one) => !one.isDirectory())
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['1 (2).png', '1.png', '1.png', '3.png', 'metadata.jsonl', 'metadata.jsonl']);
  expect(await readBack(join(folder, 'dataset'))).toEqual(
    expect.arrayContaining([
      ['Train/x_y/1.png', 'x/y'],
      ['dev/__/1.png', '..'],
      ['dev/3.png', ''],
    ]),
  );
});
