import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findSource } from '../datasets/findSource';
import { chooseProjectFolder, findProjectOf, type Origin, originFile, originOf, projectTitle } from './projectFolders';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'assay-folders-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('project folders', () => {
  it('finds the project of an unchanged file and no other', async () => {
    const file = join(folder, 'a.csv');
    const now = async (): Promise<Origin> => originOf(await findSource(file));
    writeFileSync(file, 'x,y\n1,2\n');
    const projects = join(folder, 'projects');
    const origin = await now();
    expect(findProjectOf(origin, projects)).toBeUndefined();
    const project = chooseProjectFolder(origin, projects);
    mkdirSync(project);
    writeFileSync(join(project, originFile), JSON.stringify(origin));
    // Without the manifest that comes last it is what a killed start left: its place is free.
    expect(findProjectOf(await now(), projects)).toBeUndefined();
    expect(chooseProjectFolder(origin, projects)).toBe(project);
    mkdirSync(project);
    writeFileSync(join(project, originFile), JSON.stringify(origin));
    writeFileSync(join(project, 'manifest.json'), '{}');
    expect(findProjectOf(await now(), projects)).toBe(project);
    expect(chooseProjectFolder(origin, projects)).toBe(join(projects, 'a 2.assay'));
    utimesSync(file, 1, 1);
    expect(findProjectOf(await now(), projects)).toBeUndefined();
  });

  it.each([
    ['/d/a.csv', 'a.assay', 'a'],
    ['/d/a.csv', 'a 2.assay', 'a 2'],
    ['/d/a 2.csv', 'a 2.assay', 'a 2'],
    ['/d/is it?.csv', 'is it_ 3.assay', 'is it? 3'],
    ['/d/a.csv', 'of my own 2.assay', 'a'],
  ])('calls the project of %s in %s “%s”', (path, name, title) => {
    expect(projectTitle({ path, bytes: 1, mtimeMs: 1, attempts: 0, said: {} }, join(folder, name))).toBe(title);
  });
});
