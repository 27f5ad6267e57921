import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { classifyPath, pathsFromArguments } from './openRequests';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'assay-open-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('open requests', () => {
  it('tells projects from data files and from nothing', () => {
    expect(classifyPath(join(folder, 'none'))).toBeUndefined();
    expect(classifyPath(folder)).toBe('source');
    writeFileSync(join(folder, 'project.duckdb'), '');
    expect(classifyPath(folder)).toBe('project');
    expect(classifyPath(join(folder, 'project.duckdb'))).toBe('source');
  });

  it('finds the files on the command line, packaged or not', () => {
    expect(pathsFromArguments(['electron', '.', '--no-sandbox', 'a.csv'], false, '/w')).toEqual([
      resolve('/w', 'a.csv'),
    ]);
    expect(pathsFromArguments(['assay', '/x/b.csv'], true, '/w')).toEqual([resolve('/x/b.csv')]);
  });
});
