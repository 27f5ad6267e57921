import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';
import { afterEach, expect, it } from 'vitest';
import { type AuditedProject, createAuditedProject } from '../../../tests/support/auditedProject';
import { exportKinds } from '../../contract/exports';
import type { RecordBlock } from '../datasets/datasetTypes';
import { findSource } from '../datasets/findSource';
import { pngHead } from '../datasets/folders/testFolder';
import { exportProject } from './exportProject';
import { planExport } from './planExport';
import { findRowFiles, kindsMeantFor } from './rowFiles';

let project: AuditedProject | undefined;
afterEach(async () => {
  await project?.remove();
  project = undefined;
});

type Made = Parameters<typeof createAuditedProject>[0];

/** The project with one row removed and one relabelled, everything of it exported. */
async function exportAll(made: Made, removed: number, relabelled: [row: number, label: string]) {
  project = await createAuditedProject(made);
  const { store, folder } = project;
  const said = { kind: 'decide', title: 'by test', reviewer: 'Ada' } as const;
  await store.decisions.append({ ...said, rows: [removed], decision: { kind: 'remove' } });
  await store.decisions.append({ ...said, rows: [relabelled[0]], decision: { kind: 'relabel', label: relabelled[1] } });
  // Nothing here prints pages.
  const kinds = kindsMeantFor(findRowFiles(store)).filter((kind) => kind !== 'dataset' && kind !== 'report_pdf');
  const out = join(folder, 'out');
  const result = await exportProject(store, { folder: out, kinds, removal: { kind: 'decisions' }, appVersion: '1' });
  return { store, folder, out, kinds, result, text: (name: string) => readFileSync(join(out, name), 'utf8') };
}

const pictures = {
  'train/cat/1.png': pngHead,
  'train/cat/=2, "b".png': pngHead,
  'train/dog/10.png': pngHead,
  'val/dog/4.png': pngHead,
};

it('says the labels of a folder of pictures as Hugging Face has them, so that they read back as they are to be', async () => {
  const { folder, out, text, result, store } = await exportAll({ files: pictures, labelColumn: 'label' }, 0, [
    2,
    'cat',
  ]);
  // As datasets 5.2.0 reads them by load_dataset("imagefolder", data_dir=…), with these labels and without the removed
  // picture; one table above the folders of splits it passes over.
  expect(text('metadata.train.jsonl').trim().split('\n')).toEqual([
    '{"file_name":"cat/=2, \\"b\\".png","label":"cat","split":"train"}',
    '{"file_name":"dog/10.png","label":"cat","split":"train"}',
  ]);
  expect(text('metadata.val.jsonl')).toBe('{"file_name":"dog/4.png","label":"dog","split":"val"}\n');
  expect(result.notes[1]).toContain('put metadata.train.jsonl into train, metadata.val.jsonl into val.');
  const plan = await planExport(store, 0.5, out);
  const planned = plan.files.find(({ kind }) => kind === 'metadata');
  expect(planned).toMatchObject({ fileName: 'metadata.train.jsonl, metadata.val.jsonl', count: 3 });
  expect(plan.inTheWay).toEqual([]);
  writeFileSync(join(out, 'metadata.val.jsonl'), 'mine');
  const { inTheWay } = await planExport(store, 0.5, out);
  expect(inTheWay).toEqual([{ kind: 'metadata', fileName: 'metadata.val.jsonl', isLink: false }]);

  const copy = join(folder, 'copy');
  cpSync(join(folder, 'data'), copy, { recursive: true });
  cpSync(join(out, 'metadata.train.jsonl'), join(copy, 'train', 'metadata.jsonl'));
  const inspection = await (await findSource(copy)).inspect();
  const label = inspection.columnNames.indexOf('label');
  const blocks: RecordBlock[] = [];
  await inspection.read({ onBlock: (block) => void blocks.push(block) });
  const rows = blocks.flatMap(({ cells }) => cells.map((cell) => [cell[0], cell[label]]));
  expect(rows).toEqual([
    ['train/cat/1.png', ''],
    ['train/cat/=2, "b".png', 'cat'],
    ['train/dog/10.png', 'cat'],
    ['val/dog/4.png', ''],
  ]);
});

it('writes what FiftyOne reads as a CSVDataset, by paths below the folder of the data', async () => {
  const { text } = await exportAll({ files: pictures, labelColumn: 'label' }, 0, [2, 'cat']);
  const { data } = Papa.parse<string[]>(text('fiftyone.csv').trim());
  expect(data).toEqual([
    ['filepath', 'label', 'given_label', 'suggested_label', 'suspicion', 'rank', 'decision', 'reasons', 'split', 'row'],
    ['train/cat/1.png', 'cat', 'cat', 'dog', '1', '1', 'remove', 'head disagrees', 'train', '0'],
    ['train/cat/=2, "b".png', 'cat', 'cat', 'dog', '0.75', '2', '', 'head disagrees', 'train', '1'],
    ['train/dog/10.png', 'cat', 'dog', 'cat', '0.5', '3', 'relabel: cat', 'head disagrees', 'train', '2'],
    ['val/dog/4.png', 'dog', 'dog', 'cat', '0.25', '4', '', 'head disagrees', 'train', '3'],
  ]);
});

const table =
  'key,image,label,note\n' +
  'a,pics/1.png,cat,"x, y"\n' +
  'b,.\\pics\\2.png,dog,\n' +
  'c,,cat,no picture\n' +
  'd,../out.png,dog,leads out\n' +
  'e,pics/5.png,,none\n';

it('keeps the paths of a table of pictures, and says what they are relative to', async () => {
  const files = { 'pics/1.png': pngHead, 'pics/2.png': pngHead, 'pics/5.png': pngHead };
  const made = { bytes: Buffer.from(table), files, labelColumn: 'label', idColumn: 'key' };
  const { result, text, kinds } = await exportAll(made, 0, [1, 'cat']);
  expect(kinds).toEqual(exportKinds.filter((kind) => kind !== 'dataset' && kind !== 'report_pdf'));
  expect(text('cleaned.csv')).toBe(table.replace('a,pics/1.png,cat,"x, y"\n', ''));
  expect(text('removal_list.csv').split('\n').slice(0, 2).join('\n')).toMatch(
    /^row,id,file_name,reason,score,rank,decision,reviewer,time,note\n0,a,pics\/1\.png,head disagrees,1,1,remove,Ada,/,
  );
  expect(text('metadata.jsonl').trim().split('\n')).toEqual([
    '{"file_name":"pics/2.png","label":"cat","key":"b","note":""}',
    '{"file_name":"pics/5.png","label":null,"key":"e","note":"none"}',
  ]);
  const { data } = Papa.parse<string[]>(text('fiftyone.csv').trim());
  expect(data.map(([path]) => path)).toEqual(['filepath', 'pics/1.png', 'pics/2.png', 'pics/5.png']);
  expect(result.files.map(({ fileName, rows }) => [fileName, rows])).toEqual(
    expect.arrayContaining([
      ['metadata.jsonl', 2],
      ['fiftyone.csv', 3],
      ['issues.csv', 5],
    ]),
  );
  const relative = 'the folder in which the data file lies';
  expect(result.notes).toEqual([`Paths of pictures in these files are relative to ${relative}.`]);
  const manifest = JSON.parse(text('manifest.json')) as { pathsRelativeTo: string; outputs: { file: string }[] };
  expect(manifest.pathsRelativeTo).toBe(relative);
  expect(manifest.outputs.map(({ file }) => file)).toEqual(
    result.files.map(({ fileName }) => fileName).filter((name) => name !== 'manifest.json'),
  );
});

it('writes label issues of any dataset as cleanlab does, with labels as the file spells them', async () => {
  const made = { bytes: Buffer.from('key,y\n=a,1\nb,2\nc,\nd,1\n'), labelColumn: 'y', idColumn: 'key' };
  const { text, kinds, store, result } = await exportAll(made, 0, [1, '1']);
  expect(kinds).not.toContain('metadata');
  expect(kinds).not.toContain('fiftyone');
  expect(result.notes).toEqual([]);
  expect(text('issues.csv')).toBe(
    'row,id,is_label_issue,label_score,given_label,predicted_label\n' +
      '0,=a,True,0,1,2\n' +
      '1,b,True,0.25,2,1\n' +
      '2,c,False,,,1\n' +
      '3,d,False,0.75,1,2\n',
  );
  const plan = await planExport(store, 0.5);
  expect(plan.files.map(({ kind }) => kind).filter((kind) => kind !== 'report_pdf')).toEqual(kinds);
  const request = {
    folder: join(project?.folder ?? '', 'no'),
    appVersion: '1',
    removal: { kind: 'decisions' },
  } as const;
  await expect(exportProject(store, { ...request, kinds: ['fiftyone'] })).rejects.toThrow(/are no pictures/);
});
