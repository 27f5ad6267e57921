import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type DataOptions, inspectData } from './readData';

const folder = mkdtempSync(join(tmpdir(), 'assay-reads-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string): string => join(folder, name);
for (const name of ['data.csv', 'validation.csv', 'model.onnx']) writeFileSync(file(name), 'a,label\n1,x\n2,y\n');

describe('the list of problems', () => {
  it.each(['data.csv', 'validation.csv', 'model.onnx'])('is never written over %s, which is read', async (name) => {
    const options = {
      head: 'auto',
      validation: file('validation.csv'),
      encoder: [file('model.onnx')],
      problems: file(name),
      overwrite: true,
    };
    // Of the options only what says where things are.
    await expect(inspectData(file('data.csv'), options as unknown as DataOptions)).rejects.toThrow(name);
    expect(readFileSync(file(name), 'utf8')).toBe('a,label\n1,x\n2,y\n');
  });
});
