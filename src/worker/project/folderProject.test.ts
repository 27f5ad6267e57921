import { mkdirSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findSource } from '../datasets/findSource';
import { pngHead, writeFiles } from '../datasets/folders/testFolder';
import { temporaryFolders } from '../datasets/testFiles';
import { exportProject } from '../exports/exportProject';
import { planExport } from '../exports/planExport';
import { Job } from '../jobs/job';
import { loadSource } from '../jobs/loadJob';
import { randomAudit } from '../store/testProject';
import { openFolder, openSource } from './opening';

const folder = temporaryFolders();

it('finds the project of a folder again while nothing in it has changed, and exports lists of its files', async () => {
  const scratch = folder();
  const root = join(scratch, 'pictures');
  const projects = join(scratch, 'projects');
  writeFiles(root, {
    'train/a/1.png': pngHead,
    'train/a/=2.png': pngHead,
    'train/b/3.png': pngHead,
    'val/b/4.png': '',
  });
  const opening = await openSource(root, projects);
  const { store, inspection } = opening;
  if (inspection === null) throw new Error('It is new.');
  expect(store.name).toBe('pictures');
  const job = new Job({ id: 'load', kind: 'load', stages: [], notify: () => undefined });
  job.begin();
  const record = await loadSource(store, { inspection, onProgress: () => undefined }, job);
  expect(record).toMatchObject({ format: 'folder', rowCount: 4, issueCount: 1 });
  const stamp = (await findSource(root)).stamp;
  expect(record.fingerprint).toMatchObject(stamp);

  await store.audits.replace(randomAudit(4, 1, ['a', 'b']));
  const said = { kind: 'decide', title: 'by test', reviewer: 'me' } as const;
  await store.decisions.append({ ...said, rows: [1], decision: { kind: 'remove' } });
  await store.decisions.append({ ...said, rows: [2], decision: { kind: 'relabel', label: 'a' } });
  const plan = await planExport(store, 0.5);
  expect(plan.files.map(({ fileName, available }) => [fileName, available])).toEqual([
    ['removal_list.csv', true],
    ['cleaned.csv', true],
    ['relabelled.csv', true],
    ['decisions.csv', true],
    ['scores.csv', true],
    ['issues.csv', true],
    ['metadata.train.jsonl, metadata.val.jsonl', true],
    ['fiftyone.csv', true],
    ['dataset_files.csv', true],
    ['report.html', true],
    // Nothing here prints pages.
    ['report.pdf', false],
    ['manifest.json', true],
  ]);
  const out = join(scratch, 'out');
  mkdirSync(out);
  const request = {
    kinds: ['cleaned', 'relabelled', 'removal_list'],
    removal: { kind: 'decisions' },
    appVersion: '1',
  } as const;
  await exportProject(store, { ...request, folder: out });
  const text = (name: string): string => readFileSync(join(out, name), 'utf8');
  expect(text('cleaned.csv')).toBe(
    'file_name,label,split\ntrain/a/1.png,a,train\ntrain/b/3.png,b,train\nval/b/4.png,b,val\n',
  );
  expect(text('relabelled.csv')).toBe(
    'file_name,label,split\ntrain/a/1.png,a,train\ntrain/a/=2.png,a,train\ntrain/b/3.png,a,train\nval/b/4.png,b,val\n',
  );
  expect(text('removal_list.csv')).toContain('train/a/=2.png');
  expect(JSON.parse(text('manifest.json'))).toMatchObject({ input: { file: 'pictures', format: 'folder', rows: 4 } });
  await expect(exportProject(store, { ...request, folder: join(root, 'train') })).rejects.toThrow(/which is the data/);
  const place = store.folder;
  await store.close();

  const again = await openSource(root, projects);
  expect(again.store.folder).toBe(place);
  expect(again.preview.rows[3]).toEqual(['val/b/4.png', '', 'b', 'val']);
  await again.store.close();

  utimesSync(join(root, 'train/a/1.png'), 1, 1);
  const other = await openSource(root, projects);
  expect(other.store.folder).not.toBe(place);
  await other.store.close();
  // A project that is picked among folders is that project.
  const picked = await openSource(place, projects);
  expect(picked.store.folder).toBe(place);
  await picked.store.close();
  const reopened = await openFolder(place);
  expect(reopened.origin.listing).toBe(stamp.listing);
  await reopened.store.close();
});
