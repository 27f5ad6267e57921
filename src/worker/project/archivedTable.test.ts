import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { zipOf } from '../archives/testZip';
import { findSource } from '../datasets/findSource';
import { pngHead } from '../datasets/folders/testFolder';
import { sourceFolder } from '../datasets/sourceFolder';
import { temporaryFolders } from '../datasets/testFiles';
import { exportProject } from '../exports/exportProject';
import { planExport } from '../exports/planExport';
import { checkSource } from '../exports/rewriteSource';
import { Job } from '../jobs/job';
import { loadSource, loadValidation } from '../jobs/loadJob';
import { readPictureFile } from '../pictures/pictureFile';
import { randomAudit } from '../store/testProject';
import { openFolder, openSource } from './opening';

const folder = temporaryFolders();

function newJob(): Job {
  const job = new Job({ id: 'load', kind: 'load', stages: [], notify: () => undefined });
  job.begin();
  return job;
}

it('a table in an archive is a project like any other: found again, exported to the byte, its pictures read', async () => {
  const scratch = folder();
  const archive = join(scratch, 'packed.zip');
  const projects = join(scratch, 'projects');
  const lines = ['file\ty', 'a/1.png\tcat', './a/2.png\tdog', '"a/3.png"\tcat', 'none.png\tdog'].map(
    (line) => `${line}\r\n`,
  );
  const pack = (rows: readonly string[]): void => {
    const files = ['1', '2', '3'].map((name) => ({
      name: `d/a/${name}.png`,
      bytes: Buffer.concat([pngHead, Buffer.from(name)]),
    }));
    writeFileSync(archive, zipOf([{ name: 'd/data.tsv', bytes: Buffer.from(rows.join('')) }, ...files]));
  };
  pack(lines);
  const opening = await openSource(archive, projects);
  const { store, inspection } = opening;
  if (inspection === null) throw new Error('It is new.');
  expect(store.name).toBe('packed');
  const record = await loadSource(store, { inspection, onProgress: () => undefined }, newJob());
  expect(record).toMatchObject({ format: 'delimited', rowCount: 4, issueCount: 1 });
  expect(record.fingerprint).toMatchObject({ path: archive, entry: 'd/data.tsv', bytes: lines.join('').length });

  const root = sourceFolder(record.format, record.fingerprint);
  expect((await readPictureFile({ root, path: './a/2.png' })).toString('latin1')).toMatch(/2$/);
  await expect(readPictureFile({ root, path: '../d/a/2.png' })).rejects.toThrow('The file is missing.');

  const valid = join(scratch, 'val.zip');
  writeFileSync(valid, zipOf([{ name: 'val.csv', bytes: Buffer.from('y,file\ncat,a/1.png\n') }]));
  await loadValidation(store, await findSource(valid), {}, newJob());

  await store.audits.replace(randomAudit(4, 1, ['cat', 'dog']));
  const said = { kind: 'decide', title: 'by test', reviewer: 'me' } as const;
  await store.decisions.append({ ...said, rows: [0], decision: { kind: 'remove' } });
  await store.decisions.append({ ...said, rows: [1], decision: { kind: 'relabel', label: 'cat' } });
  const plan = await planExport(store, 0.5);
  expect(plan).toMatchObject({ sourceChanged: false });
  expect(plan.noLinks).not.toBe('');
  const request = {
    kinds: ['cleaned', 'relabelled', 'dataset'],
    removal: { kind: 'decisions' },
    appVersion: '1',
  } as const;
  const out = join(scratch, 'out');
  mkdirSync(out);
  await exportProject(store, { ...request, folder: out });
  expect(readFileSync(join(out, 'cleaned.tsv'), 'utf8')).toBe(lines.filter((_, k) => k !== 1).join(''));
  expect(readFileSync(join(out, 'relabelled.tsv'), 'utf8')).toBe(lines.join('').replace('2.png\tdog', '2.png\tcat'));
  expect(readFileSync(join(out, 'dataset/cat/2.png')).toString('latin1')).toMatch(/2$/);
  const manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as Record<string, unknown>;
  expect(manifest).toMatchObject({
    input: { file: 'packed.zip', entry: 'd/data.tsv', sha256: record.fingerprint.sha256 },
    validationInput: { file: 'val.zip', entry: 'val.csv' },
    pathsRelativeTo: 'the folder in which the table lies in its archive',
  });
  const projectFolder = opening.store.folder;
  await store.close();

  const again = await openSource(archive, projects);
  expect(again.store.folder).toBe(projectFolder);
  expect(again.store.sources.source?.fingerprint).toEqual(record.fingerprint);
  await again.store.close();
  pack(lines.map((line) => line.replace('dog', 'cow')));
  await expect(checkSource(record.fingerprint)).rejects.toThrow(/has changed since it was read/);
  const changed = await openFolder(projectFolder);
  expect(await planExport(changed.store, 0.5)).toMatchObject({ sourceChanged: true });
  await expect(exportProject(changed.store, { ...request, folder: out, overwrite: true })).rejects.toThrow(
    /has changed/,
  );
  await changed.store.close();
});
