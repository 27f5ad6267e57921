import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { temporaryFolders } from '../../datasets/testFiles';
import { clearLeftParts, createPart, createPartFolder, isPartName, newPartName, removeAtOnce } from './partFile';

const folder = temporaryFolders();

/** A name as a process that is gone would have left it. */
function nameOfDeadProcess(): string {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  return newPartName().replace(/-\d+-\d+-/, `-${pid}-1-`);
}

it('names never come twice, and say what they are', () => {
  const names = new Set(Array.from({ length: 1000 }, newPartName));
  expect(names.size).toBe(1000);
  expect([...names].every(isPartName)).toBe(true);
  expect(isPartName('.scores.csv.part')).toBe(false);
});

it('creates files and folders that were not there', async () => {
  const place = folder();
  const { path, handle } = await createPart(place);
  await handle.writeFile('x');
  await handle.close();
  expect(readFileSync(path, 'utf8')).toBe('x');
  expect(readdirSync(await createPartFolder(place))).toEqual([]);
});

it('clears what processes that are gone left, and nothing else', async () => {
  const place = folder();
  const kept = [
    newPartName(),
    'thesis.tex',
    '.assay-notes.part',
    newPartName().replace(/^\.assay-.{8}/, '.assay-00000000'),
  ];
  for (const name of kept) writeFileSync(join(place, name), 'x');
  writeFileSync(join(place, nameOfDeadProcess()), 'x');
  mkdirSync(join(place, nameOfDeadProcess()));
  const other = folder();
  writeFileSync(join(other, 'precious'), 'x');
  symlinkSync(other, join(place, nameOfDeadProcess()));
  // The number of a process that is gone may have been given to another one since.
  writeFileSync(join(place, newPartName().replace(/-(\d+)-\d+-/, '-$1-7-')), 'x');
  await clearLeftParts(place);
  expect(readdirSync(place).sort()).toEqual([...kept].sort());
  expect(existsSync(join(other, 'precious'))).toBe(true);
});

it('clears what another machine left long ago', async () => {
  const place = folder();
  const name = newPartName().replace(/^\.assay-.{8}/, '.assay-00000000');
  writeFileSync(join(place, name), 'x');
  utimesSync(join(place, name), 1, 1);
  await clearLeftParts(place);
  expect(readdirSync(place)).toEqual([]);
});

it('removes a folder at once while a thread goes on making files in it', async () => {
  const place = folder();
  const busy = join(place, 'busy');
  mkdirSync(busy);
  // Counts what it has made, and goes on making it, whatever becomes of the folder.
  const writing = `const { workerData: { busy, made } } = require('node:worker_threads');
    const { writeFileSync } = require('node:fs');
    for (let i = 0; Atomics.load(made, 1) === 0; i++) {
      try { writeFileSync(busy + '/' + i, 'x'); Atomics.add(made, 0, 1); } catch {}
    }`;
  const made = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(writing, { eval: true, workerData: { busy, made } });
  try {
    while (Atomics.load(made, 0) < 500) await new Promise((resolve) => setTimeout(resolve, 5));
    removeAtOnce(busy);
    expect(readdirSync(place)).toEqual([]);
  } finally {
    Atomics.store(made, 1, 1);
    await worker.terminate();
  }
});

it('removes a file at once, and nothing where there is nothing', () => {
  const place = folder();
  writeFileSync(join(place, 'a'), 'x');
  removeAtOnce(join(place, 'a'));
  removeAtOnce(join(place, 'b'));
  expect(readdirSync(place)).toEqual([]);
});
