import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../core/base/random';
import { formatNpyHeader, npyTypeOf } from '../../store/npy/npyFormat';
import { parseVector } from '../cells/vectorText';
import { findSource } from '../findSource';
import { pngHead, writeFiles } from '../folders/testFolder';
import { temporaryFolders } from '../testFiles';

const folder = temporaryFolders();

const data = 'id,y\na,cat\nb,dog\n c ,cat\nd,dog\n,cat\n';
const lists = 'key,vector\nb,"[3, 4]"\na,"[1, 2]"\nx,"[5, 6]"\nc,"[7, 8]"\na,"[9, 9]"\n';

async function joined(files: Readonly<Record<string, string | Uint8Array>>, id?: string, opened = 'data.csv') {
  const root = folder();
  writeFiles(root, files);
  const choice = { path: join(root, 'vectors.csv'), ...(id === undefined ? {} : { id }) };
  const found = await findSource(join(root, opened), choice);
  const inspection = await found.inspect();
  const rows: string[][] = [];
  const counts: number[] = [];
  const issues: string[] = [];
  let done = 0;
  const result = await inspection.read({
    onBlock: (block) => {
      expect(block.firstRow).toBe(rows.length);
      expect(block.done).toBeGreaterThanOrEqual(done);
      expect(block.done).toBeLessThanOrEqual(block.total);
      done = block.done / block.total;
      rows.push(...block.cells.map((cells) => [...cells]));
      counts.push(...block.cellCounts);
      issues.push(...block.issues.map(({ row, line, column, message }) => `${row} ${line} ${column}: ${message}`));
    },
  });
  return { found, inspection, result, rows, counts, issues, notes: result.notes.map(({ text }) => text) };
}

describe('embeddings of a second file', () => {
  it('are the last column, by the id, in whatever order they stand', async () => {
    const { inspection, result, rows, counts, issues, notes, found } = await joined({
      'data.csv': data,
      'vectors.csv': lists.replace('key', 'id'),
    });
    expect(inspection.columnNames).toEqual(['id', 'y', 'vectors']);
    expect(inspection.preview.rows[0]).toEqual(['a', 'cat', '']);
    expect(rows.map((row) => row[2])).toEqual(['[1, 2]', '[3, 4]', '[7, 8]', '', '']);
    expect(rows.map((row) => row[0])).toEqual(['a', 'b', ' c ', 'd', '']);
    expect(counts).toEqual([3, 3, 3, 3, 3]);
    expect(issues).toEqual([
      '3 5 vectors: “d” is not in vectors.csv: the row has no embedding.',
      '4 6 vectors: There is no id: the row has no embedding.',
    ]);
    expect(result.issueCount).toBe(2);
    expect(result.columns[2]).toMatchObject({ index: 2, type: 'vector', role: 'feature', numbers: 2, missing: 2 });
    expect(notes.slice(-4)).toEqual([
      '“vectors” is joined from vectors.csv by id: 2 numbers for 3 of 5 rows.',
      '2 rows have no embedding: see the problems. All numbers are 0 there, before they are centred.',
      '1 id of vectors.csv is not in the data (the first: “x”).',
      '1 row of vectors.csv has an id that came before (the first: “a”): the first vector of an id counts.',
    ]);
    expect(result.source.embeddings).toMatchObject({ ...found.stamp.embeddings, id: 'id' });
    expect(result.source.embeddings?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('may stand in a column for each number, in the order of their numbers, written as the file writes them', async () => {
    const numbers = Array.from({ length: 30 }, (_, k) =>
      `r${29 - k};${k},5;${k % 2};${k / 4};t ${k}`.replace('.', ','),
    );
    const { rows, notes, issues } = await joined(
      {
        'data.csv': `row,y\n${Array.from({ length: 30 }, (_, k) => `r${k},${k % 2}`).join('\n')}\n`,
        'vectors.csv': `ROW;e_10;e_2;e_1;note\n${numbers.join('\n')}\nr40;x;1;1;\n`,
      },
      'row',
    );
    expect(issues).toEqual([]);
    expect(rows[29][2]).toBe('[0,0,0.5]');
    expect(rows[26][2]).toBe('[0.75,1,3.5]');
    expect(notes).toContain('Not used of vectors.csv: note.');
  });

  it('that cannot be read are missing, and say why', async () => {
    const { issues } = await joined({
      'data.csv': data,
      'vectors.csv': 'id,v0,v1\na,1,2\nb,1,x\nc,,\nd,1,2\n',
    });
    expect(issues.slice(0, 2)).toEqual([
      '1 3 vectors: “b” has 1 cell that is no number (“x” in v1) in vectors.csv: the row has no embedding.',
      '2 4 vectors: “c” has 2 cells that are no number (“” in v0) in vectors.csv: the row has no embedding.',
    ]);
    const many = Array.from({ length: 60 }, (_, k) => `r${k},"[${k}, 2${k === 7 ? ', 3' : ''}]"`);
    const short = await joined({
      'data.csv': `id,y\n${many.map((_, k) => `r${k},${k % 2}`).join('\n')}\n`,
      'vectors.csv': `key,vector\n${many.join('\n')}\n`,
    });
    expect(short.issues).toEqual([
      '7 9 vectors: “r7” has no list of 2 numbers (“[7, 2, 3]”) in vectors.csv: the row has no embedding.',
    ]);
  });

  it('are joined to a folder of pictures by their paths, and to rows that are cut short', async () => {
    const { rows } = await joined(
      { 'p/a/1.png': pngHead, 'p/b/2.png': pngHead, 'vectors.csv': 'path,v0,v1\na/1.png,1,2\nb/2.png,3,4\n' },
      undefined,
      'p',
    );
    expect(rows.map((row) => [row[0], row[3]])).toEqual([
      ['a/1.png', '[1,2]'],
      ['b/2.png', '[3,4]'],
    ]);
    const body = Array.from({ length: 20 }, (_, k) => `r${k},${k},${k % 2}`).join('\n');
    const { counts } = await joined({
      'data.csv': `id,x,y\n${body}\nq,1\nq,1,2,3\n`,
      'vectors.csv': 'id,v0,v1\nr1,1,2\nq,3,4\n',
    });
    expect(counts.slice(-3)).toEqual([4, 2, 5]);
  });

  it('of thousands of rows in any order are each found', async () => {
    const order = Array.from({ length: 3_000 }, (_, k) => (k * 1_013) % 3_000);
    const { rows, issues } = await joined({
      'data.csv': `id,y\n${order.map((k) => `ä${k},${k % 2}`).join('\n')}\n`,
      'vectors.csv': `id,v0,v1\n${order.map((_, k) => `"ä${k}",${k},${-k / 8}`).join('\r\n')}\r\n`,
    });
    expect(issues).toEqual([]);
    expect(rows.every(([id, , list]) => list === `[${id.slice(1)},${-Number(id.slice(1)) / 8}]`)).toBe(true);
  });

  it.each([
    ['no ids', 'name,y\nA b,cat\nB c,dog\nA b,cat\n', lists, /no column of data\.csv looks like one/],
    ['no such ids', data, 'q,v0,v1\n1.5,2,3\n2.5,2,3\n', /has no column “id”/],
    ['no vectors', data, 'id,v0\na,1\nb,2\n', /has no vectors/],
    ['several lists', data, 'id,v,w\na,"[1, 2]","[3, 4]"\nb,"[1, 2]","[3, 4]"\n', /2 columns of lists: “v”, “w”/],
    ['none in common', data, 'id,v0,v1\nA,1,2\nB,3,4\n', /No row has an embedding: ids of the data \(id: “a”\)/],
  ])('are refused where there are %s', async (_, table, vectors, message) => {
    await expect(joined({ 'data.csv': table, 'vectors.csv': vectors })).rejects.toThrow(message);
  });

  it('are refused where they are no table, and the join is by no column of the data', async () => {
    await expect(joined({ 'data.csv': data, 'vectors.csv/1.png': pngHead })).rejects.toThrow(
      /is no table of embeddings/,
    );
    await expect(joined({ 'data.csv': data, 'vectors.csv': lists }, 'nr')).rejects.toThrow(/There is no column “nr”/);
  });
});

describe('vectors of a .npy file', () => {
  function npy(shape: readonly [number, number], values: readonly number[], type: '<f4' | '<f8' = '<f4'): Buffer {
    const known = npyTypeOf(type === '<f4' ? new Float32Array(0) : new Float64Array(0));
    const data = type === '<f4' ? Float32Array.from(values) : Float64Array.from(values);
    return Buffer.concat([formatNpyHeader(known, shape), Buffer.from(data.buffer)]);
  }
  const table = 'a,y\nx,cat\ny,dog\nz,cat\n';

  async function read(vectors: Buffer, data = table) {
    const root = folder();
    writeFiles(root, { 'data.csv': data, 'vectors.npy': vectors });
    const found = await findSource(join(root, 'data.csv'), { path: join(root, 'vectors.npy'), id: 'a' });
    const inspection = await found.inspect();
    const cells: string[] = [];
    const issues: string[] = [];
    const result = await inspection.read({
      onBlock: (block) => {
        cells.push(...block.cells.map((row) => row[row.length - 1]));
        issues.push(...block.issues.map(({ row, message }) => `${row} ${message}`));
      },
    });
    return { cells, issues, result, notes: result.notes.map(({ text }) => text) };
  }

  it.each(['<f4', '<f8'] as const)('belong to the rows in their order, exact to the last bit: %s', async (type) => {
    const values = [0.1, -1 / 3, 1e-30, 3, Math.PI, -0.7];
    const { cells, result, notes } = await read(npy([3, 2], values, type), table);
    const exact = type === '<f4' ? values.map(Math.fround) : values;
    const back = cells.flatMap((cell) => JSON.parse(cell) as number[]);
    expect(type === '<f4' ? back.map(Math.fround) : back).toEqual(exact);
    expect(result.source.embeddings).toMatchObject({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    // There is no column that they are joined by, whatever was said.
    expect(result.source.embeddings?.id).toBeUndefined();
    expect(notes).toContain('“vectors” is joined from vectors.npy row by row: 2 numbers for 3 of 3 rows.');
  });

  it('of single precision come back whatever they are', async () => {
    const bits = new Uint32Array(20_000);
    const random = createRandom(3);
    for (let k = 0; k < bits.length; k++) bits[k] = random.integer(2 ** 32);
    const any = Array.from(new Float32Array(bits.buffer)).filter(Number.isFinite);
    const near = [1, 0.1, 0.01, 1e-5, 10].flatMap((one) => [one * (1 - 2 ** -24), one, one * (1 + 2 ** -23)]);
    const usual = Array.from({ length: 3_000 }, () => random.normal() / 20);
    const values = [...near, ...near.map((one) => -one), 0, 0.99999999, ...usual, ...any].map(Math.fround);
    const kept = values.slice(0, 3 * Math.floor(values.length / 3));
    const { cells } = await read(npy([3, kept.length / 3], kept));
    const back = cells.flatMap((cell) => Array.from(parseVector(cell) ?? [], Math.fround));
    expect(back).toEqual(kept.map((value) => (value === 0 ? 0 : value)));
  });

  it('that are no numbers are missing, and say so', async () => {
    const { cells, issues, result } = await read(npy([3, 2], [1, 2, Number.NaN, 3, 4, 5]));
    expect(cells).toEqual(['[1,2]', '', '[4,5]']);
    expect(issues).toEqual(['1 Row 2 of vectors.npy has number 1 of its vector as NaN: the row has no embedding.']);
    expect(result.columns[2]).toMatchObject({ type: 'vector', numbers: 2, missing: 1 });
  });

  it('are refused where they are not as many as the rows, or no vectors', async () => {
    await expect(read(npy([2, 2], [1, 2, 3, 4]))).rejects.toThrow('has 2 vectors, and the data have more than 2 rows');
    await expect(read(npy([4, 2], [1, 2, 3, 4, 5, 6, 7, 8]))).rejects.toThrow(
      'has 4 vectors, and the data have 3 rows',
    );
    await expect(read(npy([3, 1], [1, 2, 3]))).rejects.toThrow('holds 3 × 1 numbers of type float32');
    await expect(read(npy([3, 2], [1, 2, 3, 4, 5, 6]).subarray(0, 140))).rejects.toThrow('is damaged or cut off');
    const half = npy([3, 2], [1, 2, 3, 4, 5, 6]);
    half.write('<f2', half.indexOf('<f4'), 'latin1');
    await expect(read(half)).rejects.toThrow('numbers of type <f2');
    await expect(read(npy([3, 2], [NaN, 2, NaN, 4, NaN, 6]))).rejects.toThrow('No row has an embedding');
  });
});
