import { existsSync, mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { plainDialect } from '../../contract/dataset';
import { BugError, CancelledError, InputError, StorageError } from '../../core/base/errors';
import type { RecordBlock } from '../datasets/datasetTypes';
import { temporaryFolders, writeTestFile } from '../datasets/testFiles';
import { createProject, openProject, type ProjectStore } from './projectStore';
import type { SourceRecord } from './storeTypes';
import { projectOf, randomAudit } from './testProject';

const folder = temporaryFolders();

const rows = Array.from({ length: 5000 }, (_, k) => [
  `id-${k}`,
  `${k % 7}`,
  k % 13 === 0 ? '' : `text "${k}",\n${k % 3}`,
  ['a', 'b', 'c'][k % 3] ?? '',
]);
const csv = Papa.unparse([['id', 'x', 'note', 'label'], ...rows], { newline: '\n' });

async function sampleProject(place = folder()): Promise<ProjectStore> {
  return projectOf(writeTestFile(place, 'data.csv', csv), join(place, 'sample.assay'));
}

async function cellsOf(store: ProjectStore): Promise<string[][]> {
  const found: string[][] = [];
  await store.sources.scan([0, 1, 2, 3], (firstRow, columns) => {
    expect(firstRow).toBe(found.length);
    columns[0]?.forEach((_, k) => found.push(columns.map((cells) => cells[k] ?? '')));
  });
  return found;
}

describe('rows of a project', () => {
  it('come back exactly, in order, also after closing and opening again', async () => {
    const store = await sampleProject();
    expect(await cellsOf(store)).toEqual(rows);
    expect(await store.sources.readCells([4999, 0, 17])).toEqual([rows[4999], rows[0], rows[17]]);
    const { source, columns } = store.sources;
    await store.close();
    const again = await openProject(store.folder);
    expect(again.name).toBe('sample');
    expect(again.sources.source).toEqual(source);
    expect(again.sources.columns).toEqual(columns);
    expect(await cellsOf(again)).toEqual(rows);
    await again.close();
  });

  it('survive cells that hold separators, NULs, long texts and many columns', async () => {
    const store = await createProject(join(folder(), 'odd.assay'));
    const wide = Array.from({ length: 300 }, (_, k) => `w${k}`);
    const odd = ['\u001f', '\u001f\ue000\ue001', 'a\0b', '', 'x'.repeat(100_000), "'; DROP TABLE source_1; --"];
    const cells = odd.map((text, row) => wide.map((cell, k) => (k === row ? text : cell)));
    const writer = await store.sources.write(300);
    await writer.append(blockOf(cells, 0));
    await writer.append(blockOf(cells.slice().reverse(), cells.length));
    await writer.finish(recordOf(2 * cells.length, 300));
    expect(await store.sources.readCells([0, 1, 2, 3, 4, 5, 6])).toEqual([...cells, cells[5]]);
    const scanned: (readonly string[])[] = wide.map(() => []);
    await store.sources.scan([...wide.keys()], (_, columns) => {
      columns.forEach((found, k) => (scanned[k] = [...(scanned[k] ?? []), ...found]));
    });
    const both = [...cells, ...cells.slice().reverse()];
    expect(scanned).toEqual(wide.map((_, k) => both.map((row) => row[k])));
    await store.close();
  });

  it.each([0, 2047, 2048, 4999])('are scanned in order where the cell of row %i holds a separator', async (odd) => {
    const store = await createProject(join(folder(), 'separated.assay'));
    const cells = rows.map((row, k) => (k === odd ? ['\u001f\u001f', ...row.slice(1, 3), 'x\u001f'] : row));
    const writer = await store.sources.write(4);
    await writer.append(blockOf(cells, 0));
    await writer.finish(recordOf(cells.length, 4));
    expect(await cellsOf(store)).toEqual(cells);
    const one: string[] = [];
    await store.sources.scan([3], (_, columns) => {
      one.push(...(columns[0] ?? []));
    });
    expect(one).toEqual(cells.map((row) => row[3]));
    await store.close();
  });

  it('know their places in the file, their issues and their values', async () => {
    const store = await sampleProject();
    let end = 'id,x,note,label\n'.length;
    await store.sources.scanPlaces((firstRow, starts, lengths) => {
      starts.forEach((start, k) => {
        expect(start).toBe(end);
        end = start + (lengths[k] ?? 0);
        expect(csv.slice(start, end)).toContain(`id-${firstRow + k},`);
      });
    });
    expect(end).toBe(csv.length);
    expect(await store.sources.countValues(3, 2)).toEqual({
      values: [
        { value: 'a', count: 1667 },
        { value: 'b', count: 1667 },
      ],
      distinct: 3,
      blank: 0,
    });
    expect((await store.sources.countValues(2, 1)).blank).toBe(rows.filter(([, , note]) => note === '').length);
    await store.close();
  });

  it('report issues by page', async () => {
    const place = folder();
    const ragged = writeTestFile(place, 'r.csv', `a,b,c\n${'1,2,3\n4,5\n'.repeat(30)}`);
    const store = await projectOf(ragged, join(place, 'p.assay'));
    const { total, issues } = await store.sources.readIssues(10, 5);
    expect(total).toBe(30);
    expect(issues.map(({ row, line, kind }) => [row, line, kind])).toEqual(
      [21, 23, 25, 27, 29].map((row) => [row, row + 2, 'too-few-cells']),
    );
    await store.close();
  });

  it('count rows that repeat an earlier one', async () => {
    const place = folder();
    const file = writeTestFile(place, 'd.csv', 'id,x,label\n1,5,a\n2,5,a\n3,5,b\n4,5,a\n5,,a\n');
    const store = await projectOf(file, join(place, 'p.assay'));
    expect(await store.sources.countDuplicateRows([0])).toBe(2);
    expect(await store.sources.countDuplicateRows([])).toBe(0);
    await store.close();
  });

  it('start again when the reader does, and vanish when reading is given up', async () => {
    const store = await createProject(join(folder(), 'p.assay'));
    const first = await store.sources.write(1);
    await first.append(blockOf([['wrong']], 0));
    await first.restart();
    await first.append(blockOf([['right']], 0));
    await first.finish(recordOf(1, 1));
    const second = await store.sources.write(1);
    await second.append(blockOf([['never']], 0));
    await second.abort();
    expect(await store.sources.readCells([0])).toEqual([['right']]);
    await store.close();
  });

  it('cannot be exchanged once there are decisions about them', async () => {
    const store = await sampleProject();
    await store.decisions.append({
      kind: 'decide',
      rows: [1],
      decision: { kind: 'keep' },
      reviewer: 'me',
      title: 'keep 1',
    });
    await expect(store.sources.write(4)).rejects.toBeInstanceOf(InputError);
    await store.close();
  });

  it('notice a reader that lost rows', async () => {
    const store = await createProject(join(folder(), 'p.assay'));
    const writer = await store.sources.write(1);
    await writer.append(blockOf([['a']], 0));
    await expect(writer.finish(recordOf(2, 1))).rejects.toBeInstanceOf(BugError);
    expect(store.sources.source).toBeNull();
    await writer.abort();
    await store.close();
  });
});

describe('an audit in a project', () => {
  it('is replaced with its arrays all at once; the old one goes', async () => {
    const store = await sampleProject();
    await store.audits.replace(randomAudit(5000, 1));
    const second = randomAudit(5000, 2);
    const pipeline = { ...second.pipeline, embeddings: [{ first: 'pc1', last: 'pc16', columns: 16, scale: 0.1 }] };
    await store.audits.replace({ ...second, pipeline });
    expect((await store.audits.readArray('theta')).data).toEqual(Float64Array.of(2, 0.1, -1e300));
    expect(readdirSync(join(store.folder, 'arrays'))).toHaveLength(1);
    await store.close();
    const again = await openProject(store.folder);
    expect(again.audits.latest?.classes).toEqual(['a', 'b', 'c']);
    expect(again.audits.latest?.pipeline).toEqual(pipeline);
    const shared = await again.audits.readArray('theta', { shared: true });
    expect(shared.data.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect([...shared.data]).toEqual([2, 0.1, -1e300]);
    await expect(again.audits.readArray('other')).rejects.toBeInstanceOf(StorageError);
    await again.close();
  });

  it('stays as it was when the next one is cancelled or fails', async () => {
    const store = await sampleProject();
    await store.audits.replace(randomAudit(5000, 1));
    const before = await store.review.readRows([0, 1, 2]);
    const signal = {
      cancelled: true,
      throwIfCancelled() {
        throw new CancelledError();
      },
    };
    await expect(store.audits.replace(randomAudit(5000, 2), signal)).rejects.toBeInstanceOf(CancelledError);
    await expect(store.audits.replace(randomAudit(10, 2))).rejects.toBeInstanceOf(BugError);
    expect(await store.review.readRows([0, 1, 2])).toEqual(before);
    expect(readdirSync(join(store.folder, 'arrays'))).toHaveLength(1);
    await store.close();
  });
});

describe('small things', () => {
  it('are kept: values by name, jobs, columns', async () => {
    const store = await sampleProject();
    await store.meta.write('view', { text: "it's", list: [1, null] });
    await store.meta.write('view', { text: 'again' });
    const job = {
      id: 'j1',
      kind: 'load',
      startedAt: '2026-01-01T00:00:00Z',
      finishedAt: null,
      state: 'running',
      message: '',
    };
    await store.jobs.save(job);
    await store.jobs.save({ ...job, state: 'done', finishedAt: '2026-01-01T00:00:05Z' });
    await store.sources.saveColumns(store.sources.columns.map((column) => ({ ...column, role: 'ignore' as const })));
    await store.close();
    const again = await openProject(store.folder);
    expect(await again.meta.read('view')).toEqual({ text: 'again' });
    expect(await again.meta.read('none')).toBeUndefined();
    expect(await again.jobs.latest(5)).toEqual([{ ...job, state: 'done', finishedAt: '2026-01-01T00:00:05Z' }]);
    expect(again.sources.columns.every(({ role }) => role === 'ignore')).toBe(true);
    expect(again.sources.source?.columns.some(({ role }) => role === 'label')).toBe(true);
    await again.close();
  });
});

describe('a project folder', () => {
  it('is not made where something else is', async () => {
    const place = folder();
    writeFileSync(join(place, 'letter.txt'), 'mine');
    await expect(createProject(place)).rejects.toThrow(/holds other files/);
    expect(readdirSync(place)).toEqual(['letter.txt']);
    const made = join(place, 'p.assay');
    await (await createProject(made)).close();
    await expect(createProject(made)).rejects.toThrow(/a project in .* already/);
  });

  it('may be made over the remains of an interrupted start', async () => {
    const place = join(folder(), 'p.assay');
    mkdirSync(join(place, 'arrays'), { recursive: true });
    writeFileSync(join(place, 'project.duckdb'), 'half');
    await (await createProject(place)).close();
    await (await openProject(place)).close();
  });

  it('cannot be made in a place that is no folder', async () => {
    const file = writeTestFile(folder(), 'file', 'x');
    await expect(createProject(join(file, 'p.assay'))).rejects.toBeInstanceOf(StorageError);
  });

  it('is opened once at a time, and can be opened again after', async () => {
    const store = await sampleProject();
    await expect(openProject(store.folder)).rejects.toThrow(/open already/);
    await store.close();
    await (await openProject(store.folder)).close();
  });

  it('is refused, saying why, when damaged, incomplete or newer', async () => {
    await expect(openProject(join(folder(), 'none.assay'))).rejects.toBeInstanceOf(StorageError);
    await expect(openProject(folder())).rejects.toThrow(/not an Assay project/);
    const store = await sampleProject();
    await store.close();
    const database = join(store.folder, 'project.duckdb');
    const manifest = join(store.folder, 'manifest.json');
    const refused = async (): Promise<Error> => {
      const error: unknown = await openProject(store.folder).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(StorageError);
      return error instanceof Error ? error : new Error();
    };
    writeFileSync(manifest, '{"format":"assay-project","version":99,"name":"x","createdAt":""}');
    expect((await refused()).message).toMatch(/newer Assay/);
    writeFileSync(manifest, 'nonsense');
    expect((await refused()).message).toMatch(/damaged/);
    writeFileSync(manifest, '{"format":"assay-project","version":1,"name":"x","createdAt":""}');
    truncateSync(database, 9000);
    expect((await refused()).message).toMatch(/damaged|could not be read/);
    writeFileSync(database, 'this is no database at all, but it is long enough to look at'.repeat(100));
    expect((await refused()).message).toMatch(/damaged/);
    expect(existsSync(database)).toBe(true);
  });
});

function blockOf(cells: readonly (readonly string[])[], firstRow: number): RecordBlock {
  const zeros = cells.map(() => 0);
  return {
    firstRow,
    cells,
    cellCounts: cells.map((row) => row.length),
    lines: zeros,
    byteStarts: zeros,
    byteLengths: zeros,
    issues: [],
    done: 0,
    total: 0,
  };
}

function recordOf(rowCount: number, columnCount: number): SourceRecord {
  return {
    fingerprint: { path: '/data.csv', bytes: 0, mtimeMs: 0, sha256: '' },
    dialect: plainDialect,
    rowCount,
    issueCount: 0,
    columns: Array.from({ length: columnCount }, (_, index) => ({
      index,
      name: `c${index}`,
      type: 'text' as const,
      role: 'ignore' as const,
      reason: '',
      missing: 0,
      distinct: null,
      range: null,
      examples: [],
    })),
    pictures: null,
    notes: [],
  };
}
