import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findSource } from '../datasets/findSource';
import { temporaryFolders } from '../datasets/testFiles';
import { exportProject } from '../exports/exportProject';
import { planExport } from '../exports/planExport';
import { Job } from '../jobs/job';
import { loadSource, loadValidation } from '../jobs/loadJob';
import { randomAudit } from '../store/testProject';
import { inspectFile } from './dataFile';
import { openFolder, openNew } from './opening';
import { findProjectOf, originOf } from './projectFolders';

const folder = temporaryFolders();

function newJob(): Job {
  const job = new Job({ id: 'load', kind: 'load', stages: [], notify: () => undefined });
  job.begin();
  return job;
}

it('joined embeddings are part of a project, of the rows that validate too, and of no copy of the data', async () => {
  const scratch = folder();
  const [path, vectors, validation] = ['data.csv', 'vectors.csv', 'val.csv'].map((name) => join(scratch, name));
  writeFileSync(path, 'id,y\na,cat\nb,dog\nc,cat\n');
  writeFileSync(vectors, 'id,v0,v1\nc,5,6\nb,3,4\na,1,2\nd,7,8\n');
  writeFileSync(validation, 'y,id\ncat,d\ndog,x\n');
  const projects = join(scratch, 'projects');
  const file = await inspectFile(path, {}, { path: vectors });
  const opening = await openNew(join(projects, 'data.assay'), file);
  const { store } = opening;
  const record = await loadSource(store, { inspection: file.inspection, onProgress: () => undefined }, newJob());
  const list = record.columns[2];
  expect(list).toMatchObject({ name: 'vectors', type: 'vector', role: 'feature' });
  expect(await store.sources.readCells([0, 2])).toEqual([
    ['a', 'cat', '[1,2]'],
    ['c', 'cat', '[5,6]'],
  ]);
  expect(await store.sources.readRaggedRows('source')).toEqual([]);

  await loadValidation(store, await findSource(validation, record.fingerprint.embeddings), {}, newJob());
  const found: string[] = [];
  await store.sources.scanValidation([2], (_, [cells]) => void found.push(...cells));
  expect(found).toEqual(['[7,8]', '']);

  await store.audits.replace(randomAudit(3, 1, ['cat', 'dog']));
  const said = { kind: 'decide', title: 'by test', reviewer: 'me' } as const;
  await store.decisions.append({ ...said, rows: [0], decision: { kind: 'relabel', label: 'dog' } });
  const out = join(scratch, 'out');
  mkdirSync(out);
  const request = { kinds: ['cleaned', 'relabelled'], removal: { kind: 'decisions' }, appVersion: '1' } as const;
  await exportProject(store, { ...request, folder: out });
  expect(readFileSync(join(out, 'cleaned.csv'), 'utf8')).toBe(readFileSync(path, 'utf8'));
  expect(readFileSync(join(out, 'relabelled.csv'), 'utf8')).toBe('id,y\na,dog\nb,dog\nc,cat\n');
  expect(JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'))).toMatchObject({
    input: {
      file: 'data.csv',
      embeddings: { file: 'vectors.csv', id: 'id', sha256: record.fingerprint.embeddings?.sha256 },
    },
  });
  await store.close();

  // It is the project of these two files, and not that of the data alone.
  expect(findProjectOf(file.origin, projects)).toBe(join(projects, 'data.assay'));
  expect(findProjectOf(originOf(await findSource(path)), projects)).toBeUndefined();
  writeFileSync(vectors, 'id,v0,v1\na,1,2\n');
  expect(findProjectOf(originOf(await findSource(path, { path: vectors })), projects)).toBeUndefined();
  const again = await openFolder(join(projects, 'data.assay'));
  expect(again.store.sources.source?.fingerprint).toEqual(record.fingerprint);
  expect(await planExport(again.store, 0.5)).toMatchObject({ sourceChanged: false });
  await again.store.close();
});
