import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DatasetPaths } from './datasetPaths';

it('keeps names, and numbers the later ones where they are taken', () => {
  const paths = new DatasetPaths(['cat', 'dog', ''], ['train', 'val']);
  const place = (split: string, label: string, name: string): string => paths.place(split, label, name);
  expect(place('train', 'cat', '1.png')).toBe('train/cat/1.png');
  expect(place('train', 'cat', '1.png')).toBe('train/cat/1 (2).png');
  expect(place('train', 'cat', '1 (3).png')).toBe('train/cat/1 (3).png');
  expect(place('train', 'cat', '1.png')).toBe('train/cat/1 (4).png');
  expect(place('val', 'cat', '1.png')).toBe('val/cat/1.png');
  expect(place('train', '', 'cat')).toBe('train/cat (2)');
  expect(place('train', '', 'metadata.jsonl')).toBe('train/metadata (2).jsonl');
  expect(paths.tableOf('val')).toBe('val/metadata.jsonl');
  expect(paths.renamedLabels).toEqual([]);
});

it('makes one folder of every label, whatever is in it', () => {
  const paths = new DatasetPaths(['a_b', 'a/b', '..', '.', '.hidden', 'a\\b', 'x ', 'metadata.jsonl'], []);
  const folders = ['a_b', 'a/b', '..', '.', '.hidden', 'a\\b', 'x ', 'metadata.jsonl'].map((label) =>
    paths.folderOf('', label),
  );
  expect(folders).toEqual(['a_b', 'a_b (2)', '__', '_', '_hidden', 'a_b (3)', 'x_', 'metadata.jsonl (2)']);
  expect(paths.renamedLabels).toHaveLength(7);
});

it('never gives a path twice, nor one that leads out or is too long, for any labels and names', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('..', '.', '', 'é'.repeat(300), 'a/..', 'a', 'A'),
  );
  const name = fc.oneof(fc.constantFrom('1.png', '1 (2).png', 'a', 'metadata.jsonl', `${'é'.repeat(125)}.png`));
  const file = fc.record({ split: fc.constantFrom('train', 'val'), label: text, name });
  fc.assert(
    fc.property(fc.array(file, { maxLength: 30 }), (files) => {
      const paths = new DatasetPaths(
        files.map(({ label }) => label),
        ['train', 'val'],
      );
      const placed = files.map(({ split, label, name }) => paths.place(split, label, name));
      expect(new Set(placed).size).toBe(files.length);
      const folders = new Set(files.map(({ split, label }) => paths.folderOf(split, label)));
      for (const [at, path] of placed.entries()) {
        const parts = path.split('/');
        expect(parts).toHaveLength(files[at].label === '' ? 2 : 3);
        expect(parts.every((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\\'))).toBe(true);
        expect(parts.every((part) => Buffer.byteLength(part) <= 255)).toBe(true);
        expect(folders.has(path)).toBe(false);
      }
    }),
    { seed: 18, numRuns: 300 },
  );
});
