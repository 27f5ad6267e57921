import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/base/random';
import { issueNames } from '../../src/core/media/mediaIssues';
import { makePng } from '../../src/worker/pictures/testPictures';
import { buildCli, type BuiltCli } from './builtCli';

const folder = mkdtempSync(join(tmpdir(), 'assay-oddities-'));
const pictures = join(folder, 'pictures');
const texts = join(folder, 'texts.csv');
const cacheBefore = process.env.ASSAY_CACHE;
let cli: BuiltCli;

type Colour = (x: number, y: number) => readonly [number, number, number];

/** Blobs of coloured light with fine stripes over them, other ones for each seed; `size` times as large. */
function scene(seed: number, size = 1): Colour {
  const random = createRandom(seed);
  const blobs = Array.from({ length: 5 }, () => ({
    x: 48 * random.uniform(),
    y: 48 * random.uniform(),
    colour: [random.uniform(), random.uniform(), random.uniform()],
  }));
  return (x, y) => {
    const light = [30, 30, 30];
    for (const blob of blobs) {
      const near = 220 * Math.exp(-((x / size - blob.x) ** 2 + (y / size - blob.y) ** 2) / 120);
      blob.colour.forEach((share, k) => (light[k] += share * near));
    }
    const stripe = (x + y) % 3 === 0 ? 30 : 0;
    const [red, green, blue] = light.map((value) => Math.min(255, Math.round(value + stripe)));
    return [red, green, blue];
  };
}

const smooth = (colour: Colour): Colour => {
  return (x, y) => {
    const sum = [0, 0, 0];
    for (let dx = -4; dx <= 4; dx++) {
      for (let dy = -4; dy <= 4; dy++) colour(x + dx + 4, y + dy + 4).forEach((value, k) => (sum[k] += value / 81));
    }
    return [Math.round(sum[0]), Math.round(sum[1]), Math.round(sum[2])];
  };
};
const each = (colour: Colour, change: (value: number) => number): Colour => {
  return (x, y) => {
    const [red, green, blue] = colour(x, y);
    return [change(red), change(green), change(blue)];
  };
};

/** What is odd about each file, by its name. */
const planted: Readonly<Record<string, string>> = {
  'dark.png': 'dark picture',
  // What is all but white has little colour, and few grey levels, and is neither grey nor plain for that.
  'bright.png': 'bright picture',
  'blurred.png': 'blurred picture',
  'plain.png': 'little in the picture',
  'large.png': 'picture of odd size',
  'strip.png': 'picture of odd shape',
  'grey.png': 'grey among colour',
  'cut.png': 'picture cannot be read',
};

beforeAll(async () => {
  const place = (name: string): string => join(pictures, 'one', name);
  mkdirSync(join(pictures, 'one'), { recursive: true });
  mkdirSync(join(pictures, 'two'), { recursive: true });
  for (let k = 0; k < 80; k++) {
    writeFileSync(join(pictures, k % 2 === 0 ? 'one' : 'two', `${k}.png`), makePng(48, 48, scene(k)));
  }
  writeFileSync(
    place('dark.png'),
    makePng(
      48,
      48,
      each(scene(101), (value) => value >> 3),
    ),
  );
  writeFileSync(
    place('bright.png'),
    makePng(
      48,
      48,
      each(scene(102), (value) => 249 + Math.floor(value / 42)),
    ),
  );
  writeFileSync(place('blurred.png'), makePng(48, 48, smooth(scene(103))));
  writeFileSync(
    place('plain.png'),
    makePng(48, 48, () => [90, 140, 60]),
  );
  writeFileSync(place('large.png'), makePng(140, 140, scene(104, 3)));
  writeFileSync(place('strip.png'), makePng(110, 20, scene(105)));
  const coloured = scene(106);
  writeFileSync(
    place('grey.png'),
    makePng(48, 48, (x, y) => Array<number>(3).fill(coloured(x, y)[1]) as never),
  );
  writeFileSync(place('cut.png'), makePng(48, 48, scene(107)).subarray(0, 90));
  // The same file in the other class, and nearly the same picture in its own.
  copyFileSync(place('0.png'), join(pictures, 'two', 'copy.png'));
  writeFileSync(
    place('near.png'),
    makePng(
      48,
      48,
      each(scene(2), (value) => (value > 60 ? value - 3 : value)),
    ),
  );

  const lines = Array.from({ length: 80 }, (_, k) => {
    const random = createRandom(k);
    const draw = (words: readonly string[]): string => words[random.integer(words.length)];
    const things = ['garden', 'letter', 'house', 'river', 'coat', 'window', 'road', 'bread', 'horse', 'table', 'song'];
    const which = ['the old', 'a small', 'our own', 'his red', 'every', 'that', 'some', 'another', 'her last', 'no'];
    const said = Array.from({ length: 4 + random.integer(12) }, () => `${draw(which)} ${draw(things)}`).join(' and ');
    return [
      `This is what they wrote about ${said}, number ${k}.`,
      k % 2 === 0 ? 'good' : 'bad',
      k % 4 === 3 ? 'test' : 'train',
    ];
  });
  const odd = [
    ['…', 'good', 'train'],
    [`This is what they wrote. ${'They wrote it again and again in the garden. '.repeat(200)}`, 'good', 'train'],
    ['Вот что они написали о саде, о письме и о нашем доме у реки.', 'good', 'train'],
    ['Das ist alles, was sie über den Garten, den Brief und unser Haus geschrieben haben.', 'good', 'train'],
    ['<div class=x>This is</div> what they wrote<br/> about the garden and the river.', 'good', 'train'],
    // A copy of row 0 in another class and split, and one that is nearly so.
    [`${lines[0][0].toUpperCase()}  `, 'bad', 'test'],
    [`${lines[1][0]} Yours.`, 'bad', 'train'],
  ];
  const cell = (text: string): string => `"${text.replace(/"/g, '""')}"`;
  writeFileSync(texts, `text,label,split\n${[...lines, ...odd].map((row) => row.map(cell).join(',')).join('\n')}\n`);
  process.env.ASSAY_CACHE = join(folder, 'cache');
  cli = await buildCli();
}, 180_000);

afterAll(() => {
  cli.remove();
  if (cacheBefore === undefined) delete process.env.ASSAY_CACHE;
  else process.env.ASSAY_CACHE = cacheBefore;
  rmSync(folder, { recursive: true, force: true });
});

interface Audited {
  readonly header: readonly string[];
  /** Cells by column, by id. */
  readonly rows: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly stdout: string;
  readonly stderr: string;
}

async function audit(data: string, out: string, ...options: readonly string[]): Promise<Audited> {
  const place = join(folder, out);
  const run = await cli.run('audit', data, '--out', place, '--l2', '0.01', '--backend', 'float64', ...options);
  expect(run.stderr).not.toMatch(/^assay:/m);
  expect(run.code).toBe(0);
  const [header, ...lines] = readFileSync(join(place, 'scores.csv'), 'utf8').trim().split('\n');
  const names = header.split(',');
  const rows = lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, k) => [name, cells[k]]));
  });
  return { header: names, rows: new Map(rows.map((row) => [row.id === '' ? row.row : row.id, row])), ...run };
}

const ofMedia = /^(picture|text)_/;
const labelReasons = /disagree|ambiguous|leverage|neighbour|validation|rare|duplicate/;
const oddities = (reasons: string): string[] =>
  reasons.split('; ').filter((one) => one !== '' && !labelReasons.test(one));

describe('issues of pictures', () => {
  it('marks each picture by what is odd about it, and no other', async () => {
    const { rows, header, stdout, stderr } = await audit(pictures, 'all');
    const found = [...rows].flatMap(([id, { reasons }]) => oddities(reasons).map((reason) => `${id}: ${reason}`));
    const copies = ['one/0.png', 'two/copy.png'].map((id) => `${id}: exact copy of another row`);
    const near = ['one/2.png', 'one/near.png'].map((id) => `${id}: near copy of another row`);
    const odd = Object.entries(planted).flatMap(([name, reasons]) =>
      reasons.split('; ').map((reason) => `one/${name}: ${reason}`),
    );
    expect(found.filter((one) => !one.endsWith('another split')).sort()).toEqual([...copies, ...near, ...odd].sort());
    expect(rows.get('one/0.png')?.reasons).toContain('near-duplicate has another label');
    expect(rows.get('two/copy.png')?.picture_copy_set).toBe(rows.get('one/0.png')?.picture_copy_set);
    expect(rows.get('one/0.png')?.picture_copy).toBe('1');
    expect(Number(rows.get('one/near.png')?.picture_copy)).toBeGreaterThan(0.5);
    expect(header.filter((name) => ofMedia.test(name))).toHaveLength(10);
    expect(stdout).toMatch(/issues +dark picture 1, bright picture 1, blurred picture 1, little in the picture 1,/);
    expect(stderr).toContain('2 rows have a copy with another label.');
    const manifest = JSON.parse(readFileSync(join(folder, 'all', 'manifest.json'), 'utf8')) as {
      settings: { issues: unknown };
      audit: { media: { issues: string[]; found: { reason: string; rows: number }[] } };
    };
    expect(manifest.settings.issues).toBe('auto');
    expect(manifest.audit.media.found).toContainEqual({ reason: 'exact copy of another row', rows: 2 });
  });

  it('looks for what is asked, and changes no suspicion', async () => {
    const some = await audit(pictures, 'some', '--issues', 'dark,picture-copies');
    expect(some.header.filter((name) => ofMedia.test(name))).toEqual([
      'picture_dark',
      'picture_copy',
      'picture_copy_set',
    ]);
    const none = await audit(pictures, 'none', '--issues', 'none');
    expect(none.header.filter((name) => ofMedia.test(name))).toEqual([]);
    expect(none.stdout).not.toMatch(/^issues/m);
    for (const [id, { suspicion, rank, suggested_label: suggested }] of none.rows) {
      const other = some.rows.get(id);
      expect([other?.suspicion, other?.rank, other?.suggested_label]).toEqual([suspicion, rank, suggested]);
    }
  });

  it('says which issues there are', async () => {
    const { code, stderr } = await cli.run('audit', pictures, '--out', join(folder, 'no'), '--issues', 'fuzzy');
    expect(code).toBe(2);
    expect(stderr).toContain('There is no issue “fuzzy”');
    for (const name of issueNames) expect(stderr).toContain(name);
  });
});

describe('issues of texts', () => {
  it('marks each text by what is odd about it, and tells of copies in other splits', async () => {
    const { rows, header, stderr } = await audit(texts, 'texts', '--label', 'label', '--split', 'split');
    const found = Object.fromEntries(
      [...rows].flatMap(([id, { reasons }]) => (oddities(reasons).length > 0 ? [[id, oddities(reasons)]] : [])),
    );
    expect(found).toEqual({
      0: ['exact copy of another row', 'copy in another split'],
      1: ['near copy of another row'],
      80: ['no words in the text'],
      81: ['text of odd length'],
      82: ['another script', 'another language'],
      83: ['another language'],
      84: ['markup in the text'],
      85: ['exact copy of another row', 'copy in another split'],
      86: ['near copy of another row'],
    });
    expect(rows.get('85')?.reasons).toContain('near-duplicate has another label');
    expect(stderr).toContain('1 validation or test row is a copy of training rows, or nearly so');
    expect(header.filter((name) => ofMedia.test(name))).toHaveLength(7);
  });

  it('tables without pictures and texts have no such columns', async () => {
    const table = join(dirname(texts), 'table.csv');
    const lines = Array.from({ length: 40 }, (_, k) => `${k % 7},${(k * 5) % 11},${k % 2 === 0 ? 'a' : 'b'}`);
    writeFileSync(table, `x,y,label\n${lines.join('\n')}\n`);
    const { header, stdout } = await audit(table, 'table', '--label', 'label');
    expect(header.filter((name) => ofMedia.test(name))).toEqual([]);
    expect(stdout).not.toMatch(/^issues/m);
  });
});
