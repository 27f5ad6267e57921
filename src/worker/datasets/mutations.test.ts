import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SaidDialect } from '../../contract/dataset';
import { InputError } from '../../core/base/errors';
import { createRandom } from '../../core/base/random';
import { inspectCsv } from './inspectCsv';
import { readCsv } from './readCsv';
import { temporaryFolders } from './testFiles';

const folder = temporaryFolders();
/** `scripts/mutations.mjs` tries more. */
const count = Number(process.env['ASSAY_MUTATIONS'] ?? 1500);

const rows = Array.from({ length: 40 }, (_, k) => [
  String(k),
  ((k * 7919) % 1000) / 100,
  `"a, ""${k}"""`,
  'AB'.charAt(k % 2),
]);
const table = (delimiter: string, newline = '\n'): string =>
  [['id', 'x', 'note', 'label'], ...rows].map((cells) => cells.join(delimiter) + newline).join('');
const seeds: readonly Buffer[] = [
  Buffer.from(table(',')),
  Buffer.from(`sep=;\r\n${table(';', '\r\n')}`),
  Buffer.from(`# title\n#\n#${table('\t')}# end\n\n(40 rows affected)\n`),
  Buffer.from(`\ufeff${table('|')}`, 'utf16le'),
  Buffer.from(table(',').replace(/""/g, '\\"'), 'latin1'),
  Buffer.from(table(' ')),
  Buffer.from('é;ü\r1,5;a\r2,5;b\r', 'latin1'),
];
const pieces = [
  '"',
  "'",
  '\\',
  ',',
  ';',
  '\t',
  '|',
  '\n',
  '\r',
  '\r\n',
  '\0',
  '\x1f',
  '#',
  'sep=',
  ' "',
  '""',
  '\ufeff',
  '\u{1f600}',
  '-',
  '1e999',
  '',
].map((text) => Buffer.from(text));

function mutate(bytes: Buffer, random: ReturnType<typeof createRandom>): Buffer {
  let mutated = bytes;
  for (let times = 1 + random.integer(6); times > 0; times--) {
    const at = random.integer(mutated.length + 1);
    const length = random.integer(2) === 0 ? random.integer(4) : random.integer(mutated.length + 1);
    const before = mutated.subarray(0, at);
    const after = mutated.subarray(Math.min(mutated.length, at + length));
    const taken = mutated.subarray(at, at + length);
    const middle =
      [
        pieces[random.integer(pieces.length)] ?? taken,
        Buffer.of(random.integer(256)),
        Buffer.concat([taken, taken]),
        Buffer.from(taken).reverse(),
      ][random.integer(4)] ?? taken;
    mutated = Buffer.concat([before, middle, after]);
  }
  return mutated;
}

function say(random: ReturnType<typeof createRandom>): SaidDialect {
  const one = <T>(values: readonly T[]): T | undefined => values[random.integer(values.length)];
  const said = {
    delimiter: one([',', ';', '::', ' ', 'x']),
    quote: one(['"', "'", '']),
    escape: one(['"', '\\']),
    header: one([true, false]),
    skipLines: one([0, 1, 3, 50]),
    comment: one(['', '#', '//']),
    encoding: one(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const),
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined && random.integer(3) === 0));
}

describe('a mutated file', () => {
  it(
    'is read with every row where it stands, or refused in words',
    async () => {
      const random = createRandom(2);
      const path = join(folder(), 'mutated.csv');
      let read = 0;
      for (let k = 0; k < count; k++) {
        const bytes = mutate(seeds[k % seeds.length] ?? Buffer.alloc(0), random);
        writeFileSync(path, bytes);
        const dialect = random.integer(3) === 0 ? say(random) : {};
        try {
          const inspection = await inspectCsv(path, { dialect });
          let end = 0;
          let found = 0;
          const result = await readCsv(path, {
            head: inspection.head,
            onBlock: (block) => {
              block.cells.forEach((cells, row) => {
                expect(cells.length).toBe(inspection.columnNames.length);
                expect(block.byteStarts[row]).toBeGreaterThanOrEqual(end);
                end = (block.byteStarts[row] ?? 0) + (block.byteLengths[row] ?? 0);
                found++;
              });
              expect(end).toBeLessThanOrEqual(bytes.length);
            },
            onRestart: () => {
              end = 0;
              found = 0;
            },
          });
          expect(found).toBe(result.rowCount);
          expect(new Set(result.columnNames).size).toBe(result.columnNames.length);
          read++;
        } catch (error) {
          if (!(error instanceof InputError))
            throw new Error(`mutation ${k}, ${JSON.stringify(dialect)}: ${bytes.toString('base64')}`, { cause: error });
        }
      }
      expect(read).toBeGreaterThan(count / 3);
    },
    60_000 + count * 100,
  );
});
