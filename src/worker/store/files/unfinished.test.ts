import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolders } from '../../datasets/testFiles';
import { StagedFiles } from '../../exports/stagedFiles';
import { startProjectPlace, startTemporaryPlace } from '../projectPlace';
import { createPart } from './partFile';
import { isCommitting, onSuddenEnd, removeUnfinished, untilComplete } from './unfinished';

const folder = temporaryFolders();

it('removes what was begun and nothing that was finished or was there before', async () => {
  const place = folder();
  mkdirSync(join(place, 'there'));
  writeFileSync(join(place, 'there/mine.txt'), 'x');
  const fill = async (target: string): Promise<void> => {
    mkdirSync(join(target, 'arrays'));
    writeFileSync(join(target, 'arrays/features.npy'), 'x');
  };
  const finished = await startProjectPlace(join(place, 'finished.assay'));
  await fill(finished.folder);
  await finished.finish();
  const begun = await startProjectPlace(join(place, 'new/deep/begun.assay'));
  await fill(begun.folder);
  const temporary = await startTemporaryPlace();
  mkdirSync(temporary.folder);
  await fill(temporary.folder);
  const done = await StagedFiles.start(join(place, 'done'), { fileNames: ['a.csv'], reads: [] });
  await done.add('a.csv', (writer) => writer.write('a'));
  await done.commit();
  const staged = await StagedFiles.start(join(place, 'results/of/today'), { fileNames: ['a.csv'], reads: [] });
  await staged.add('a.csv', (writer) => writer.write('a'));
  const beside = await StagedFiles.start(join(place, 'there'), { fileNames: ['a.csv'], reads: [] });
  await beside.add('a.csv', (writer) => writer.write('a'));
  await (await createPart(join(place, 'there'))).handle.close();
  removeUnfinished();
  expect(readdirSync(place).sort()).toEqual(['done', 'finished.assay', 'there']);
  expect(readdirSync(join(place, 'there'))).toEqual(['mine.txt']);
  expect(readdirSync(join(place, 'done'))).toEqual(['a.csv']);
  expect(existsSync(join(place, 'finished.assay/arrays/features.npy'))).toBe(true);
  expect(existsSync(temporary.folder)).toBe(false);
});

it('goes on when something cannot be removed, and tells of commits under way', async () => {
  const removed: string[] = [];
  onSuddenEnd(() => removed.push('first'));
  onSuddenEnd(() => {
    throw new Error('busy');
  });
  onSuddenEnd(() => removed.push('forgotten'))();
  const commit = untilComplete(async () => {
    expect(isCommitting()).toBe(true);
    return 3;
  });
  expect(isCommitting()).toBe(true);
  expect(await commit).toBe(3);
  expect(isCommitting()).toBe(false);
  removeUnfinished();
  removeUnfinished();
  expect(removed).toEqual(['first']);
});
