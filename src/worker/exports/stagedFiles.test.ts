import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../core/base/errors';
import { temporaryFolders } from '../datasets/testFiles';
import { newPartName } from '../store/files/partFile';
import { findInTheWay, StagedFiles, type StagedFilesOptions } from './stagedFiles';

const folder = temporaryFolders();
const names = ['scores.csv', 'manifest.json'];

async function write(out: string, options: Partial<StagedFilesOptions> = {}, text = 'new'): Promise<void> {
  await StagedFiles.write(out, { fileNames: names, reads: [], ...options }, async (staged) => {
    for (const name of options.fileNames ?? names) await staged.add(name, (writer) => writer.write(`${text} ${name}`));
  });
}

const contentOf = (...path: string[]): string => readFileSync(join(...path), 'utf8');

describe('StagedFiles', () => {
  it('makes a folder with all files, and nothing else beside it', async () => {
    const place = folder();
    const out = join(place, 'a', 'b');
    await write(out);
    expect(readdirSync(place)).toEqual(['a']);
    expect(readdirSync(join(place, 'a'))).toEqual(['b']);
    expect(readdirSync(out).sort()).toEqual([...names].sort());
    expect(contentOf(out, 'scores.csv')).toBe('new scores.csv');
    expect(statSync(out).mode & 0o777).toBe(0o777 & ~process.umask());
    expect(statSync(join(out, 'scores.csv')).mode & 0o777).toBe(0o666 & ~process.umask());
  });

  it('is invisible before it is complete, and leaves nothing when it is given up', async () => {
    const place = folder();
    const staged = await StagedFiles.start(join(place, 'a', 'out'), { fileNames: names, reads: [] });
    await staged.add('scores.csv', (writer) => writer.write('x'));
    expect(existsSync(join(place, 'a', 'out'))).toBe(false);
    await staged.discard();
    expect(readdirSync(place)).toEqual([]);
  });

  it('leaves nothing when what fills the files fails half-way, and tells why', async () => {
    const place = folder();
    const failing = StagedFiles.write(join(place, 'a', 'out'), { fileNames: names, reads: [] }, async (staged) => {
      await staged.add('scores.csv', (writer) => writer.write('x'));
      throw new InputError('half-way');
    });
    await expect(failing).rejects.toThrow('half-way');
    expect(readdirSync(place)).toEqual([]);
  });

  it('replaces its own files as often as it likes, in a folder that holds others', async () => {
    const out = folder();
    writeFileSync(join(out, 'thesis.tex'), 'mine');
    await write(out);
    await write(out, {}, 'newer');
    expect(contentOf(out, 'scores.csv')).toBe('newer scores.csv');
    expect(readdirSync(out).sort()).toEqual([...names, 'thesis.tex'].sort());
  });

  it('goes through a link to a folder, which is a folder', async () => {
    const place = folder();
    mkdirSync(join(place, 'real'));
    symlinkSync(join(place, 'real'), join(place, 'out'));
    await write(join(place, 'out'));
    expect(lstatSync(join(place, 'out')).isSymbolicLink()).toBe(true);
    expect(readdirSync(join(place, 'real'))).toHaveLength(2);
  });

  it('refuses files that it did not write, or that were changed since, and replaces them when told to', async () => {
    const out = folder();
    writeFileSync(join(out, 'scores.csv'), 'mine');
    await expect(write(out)).rejects.toThrow(/scores\.csv.*--overwrite/);
    expect(readdirSync(out)).toEqual(['scores.csv']);
    expect(contentOf(out, 'scores.csv')).toBe('mine');
    await write(out, { overwrite: true });
    writeFileSync(join(out, 'manifest.json'), 'edited');
    expect(await findInTheWay(out, names)).toEqual([{ fileName: 'manifest.json', isLink: false }]);
    await expect(write(out)).rejects.toBeInstanceOf(InputError);
    expect(contentOf(out, 'manifest.json')).toBe('edited');
  });

  it('knows its files by the manifest beside them, wherever the folder was copied to', async () => {
    const out = folder();
    writeFileSync(join(out, 'scores.csv'), 'abc');
    const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    const manifest = { application: 'Assay', outputs: [{ file: 'scores.csv', sha256 }] };
    writeFileSync(join(out, 'manifest.json'), JSON.stringify(manifest));
    expect(await findInTheWay(out, names)).toEqual([]);
    writeFileSync(join(out, 'scores.csv'), 'abd');
    expect(await findInTheWay(out, names)).toEqual([{ fileName: 'scores.csv', isLink: false }]);
  });

  it.each([
    ['the same path', (data: string, target: string) => execFileSync('mv', [data, target])],
    ['a symbolic link', (data: string, target: string) => symlinkSync(data, target)],
    ['a hard link', (data: string, target: string) => linkSync(data, target)],
  ])('never writes over what is read: %s', async (_, plant) => {
    const place = folder();
    const out = join(place, 'out');
    mkdirSync(out);
    const data = join(place, 'data.csv');
    writeFileSync(data, 'precious');
    plant(data, join(out, 'scores.csv'));
    const path = existsSync(data) ? data : join(out, '.', 'scores.csv');
    const options = { reads: [{ path, what: 'the data file' }], overwrite: true };
    await expect(write(out, options)).rejects.toThrow(/scores\.csv is the data file itself/);
    expect(contentOf(path)).toBe('precious');
    expect(readdirSync(out)).toEqual(['scores.csv']);
  });

  it('asks about a link of the name, and replaces the link, never what it leads to', async () => {
    const place = folder();
    const out = join(place, 'out');
    mkdirSync(out);
    writeFileSync(join(place, 'elsewhere'), 'precious');
    symlinkSync(join(place, 'elsewhere'), join(out, 'scores.csv'));
    symlinkSync(join(place, 'nowhere'), join(out, 'manifest.json'));
    expect(await findInTheWay(out, names)).toEqual(names.map((fileName) => ({ fileName, isLink: true })));
    await expect(write(out)).rejects.toThrow(/--overwrite/);
    await write(out, { overwrite: true });
    expect(contentOf(place, 'elsewhere')).toBe('precious');
    expect(existsSync(join(place, 'nowhere'))).toBe(false);
    expect(lstatSync(join(out, 'scores.csv')).isFile()).toBe(true);
  });

  it('refuses pipes, folders and devices under the name, and a file in place of the folder', async () => {
    const out = folder();
    execFileSync('mkfifo', [join(out, 'scores.csv')]);
    await expect(write(out, { overwrite: true })).rejects.toThrow(/pipe or a device/);
    mkdirSync(join(out, 'manifest.json'));
    await expect(write(out, { fileNames: ['manifest.json'], overwrite: true })).rejects.toThrow(/is a folder/);
    await expect(write('/dev', { fileNames: ['null'], overwrite: true })).rejects.toThrow(/pipe or a device/);
    writeFileSync(join(out, 'file'), 'x');
    await expect(write(join(out, 'file'), { overwrite: true })).rejects.toThrow(/is a file, not a folder/);
  });

  it('keeps its hands off projects', async () => {
    const project = folder();
    writeFileSync(join(project, 'project.duckdb'), '');
    await write(join(project, 'results'));
    const manifest = { format: 'assay-project', version: 1, name: 'p', createdAt: '' };
    writeFileSync(join(project, 'manifest.json'), JSON.stringify(manifest));
    await expect(write(project, { overwrite: true })).rejects.toThrow(/is an Assay project/);
    await expect(write(join(project, 'a', 'b'))).rejects.toThrow(/lies in the Assay project/);
    expect(readdirSync(project).sort()).toEqual(['manifest.json', 'project.duckdb', 'results']);
  });

  it('notices what another program made meanwhile', async () => {
    const out = folder();
    const staged = await StagedFiles.start(out, { fileNames: names, reads: [] });
    for (const name of names) await staged.add(name, (writer) => writer.write('x'));
    writeFileSync(join(out, 'scores.csv'), 'theirs');
    await expect(staged.commit()).rejects.toThrow(/by another program meanwhile/);
    await staged.discard();
    expect(contentOf(out, 'scores.csv')).toBe('theirs');
    expect(readdirSync(out)).toEqual(['scores.csv']);
  });

  it('clears what a killed run left, there and beside a folder that never came to be', async () => {
    const place = folder();
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    const left = (): string => newPartName().replace(/-\d+-\d+-/, `-${pid}-1-`);
    mkdirSync(join(place, left()));
    await write(join(place, 'out'));
    expect(readdirSync(place)).toEqual(['out']);
    mkdirSync(join(place, 'out', left()));
    writeFileSync(join(place, 'out', left()), 'x');
    await write(join(place, 'out'));
    expect(readdirSync(join(place, 'out')).sort()).toEqual([...names].sort());
  });

  it.runIf(process.getuid?.() !== 0)('says that a folder may not be written', async () => {
    const out = folder();
    chmodSync(out, 0o500);
    await expect(write(out)).rejects.toThrow(/may not be written/);
  });
});
