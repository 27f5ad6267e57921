import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import type { Column } from '../../../contract/dataset';
import { ColumnProfile } from './columnProfile';
import { inferColumns } from './guessRoles';
import { findPictures } from './pictures';

function profile(rows: readonly (readonly string[])[], names: readonly string[]): ColumnProfile[] {
  const profiles = names.map(() => new ColumnProfile(names.length));
  rows.forEach((cells, row) => profiles.forEach((column, k) => column.add(cells[k] ?? '', row, row + 2)));
  return profiles;
}

function infer(csv: string): Column[] {
  const [names = [], ...rows] = Papa.parse<string[]>(csv.trim()).data;
  return inferColumns(names, profile(rows, names));
}

/** `count` rows, each cell a function of the row. */
function table(count: number, columns: Readonly<Record<string, (row: number) => string | number>>): Column[] {
  const names = Object.keys(columns);
  const rows = Array.from({ length: count }, (_, row) => names.map((name) => String(columns[name]?.(row))));
  return inferColumns(names, profile(rows, names));
}

const rolesOf = (columns: readonly Column[]): Record<string, string> =>
  Object.fromEntries(columns.map(({ name, role }) => [name, role]));
const typesOf = (columns: readonly Column[]): Record<string, string> =>
  Object.fromEntries(columns.map(({ name, type }) => [name, type]));

describe('types', () => {
  it('tells numbers, booleans, dates, categories and text', () => {
    const columns = table(300, {
      number: (row) => row / 7,
      integer: (row) => (row % 10 === 0 ? 'NA' : row),
      boolean: (row) => (row % 2 === 0 ? 'Yes' : 'no'),
      date: (row) => `2024-01-${String((row % 28) + 1).padStart(2, '0')}`,
      category: (row) => ['red', 'green', 'blue'][row % 3] ?? '',
      text: (row) => `a sentence with the number ${row}`,
      comma: (row) => `${row},5`,
      thousands: (row) => `${row + 1},000`,
      nothing: () => '',
    });
    expect(typesOf(columns)).toEqual({
      number: 'number',
      integer: 'integer',
      boolean: 'boolean',
      date: 'date',
      category: 'category',
      text: 'text',
      comma: 'number',
      thousands: 'integer',
      nothing: 'text',
    });
    expect(columns[1]).toMatchObject({ missing: 30, distinct: 270, range: ['1', '299'] });
    expect(columns[3]).toMatchObject({ range: ['2024-01-01', '2024-01-28'], format: 'ymd' });
    expect(columns[6]).toMatchObject({ format: 'comma', range: ['0,5', '299,5'] });
    expect(columns[7]).toMatchObject({ format: 'point', range: ['1,000', '300,000'] });
  });

  it('tells the order of day and month where a day above 12 gives it away', () => {
    const dates = (text: (day: number) => string): Column | undefined =>
      table(28, { d: (row) => text(row + 1), y: (row) => row % 2 })[0];
    expect(dates((day) => `${day}.03.2024`)).toMatchObject({
      type: 'date',
      format: 'dmy',
      range: ['1.03.2024', '28.03.2024'],
    });
    expect(dates((day) => `03/${day}/2024`)).toMatchObject({ type: 'date', format: 'mdy' });
  });

  it('does not count distinct values without end', () => {
    const [column] = table(5000, { x: (row) => `v${row}`, y: (row) => row % 2 });
    expect(column?.distinct).toBeNull();
    expect(column?.examples).toHaveLength(5);
  });
});

describe('pictures', () => {
  it('are columns whose cells mostly end as picture files do, whatever they are called', () => {
    const endings = ['png', 'JPG', 'jpeg', 'webp', 'GIF', 'bmp'];
    const [path, mostly, few, address, y] = table(100, {
      image_id: (row) => `a b/${row}.${endings[row % endings.length] ?? ''}`,
      photo: (row) => (row % 10 === 0 ? 'none yet' : `${row % 3}.png`),
      note: (row) => (row % 5 === 0 ? `see ${row}.txt` : `${row}.png`),
      url: (row) => `https://example.org/${row}.png`,
      y: (row) => row % 2,
    });
    expect(path).toMatchObject({ type: 'picture', role: 'feature', reason: 'names picture files' });
    expect(mostly).toMatchObject({ type: 'picture', role: 'feature' });
    expect(few).toMatchObject({ type: 'text', role: 'ignore' });
    expect(address).toMatchObject({ type: 'text', role: 'ignore' });
    expect(y).toMatchObject({ role: 'label' });
  });

  it('are no labels', () => {
    const columns = table(60, { cls: (row) => ['a', 'b'][row % 2] ?? '', picture: (row) => `${row % 4}.png` });
    expect(rolesOf(columns)).toEqual({ cls: 'label', picture: 'feature' });
  });
});

describe('roles', () => {
  it('takes texts of four words or more for features, and not names, addresses, links or codes', () => {
    const columns = table(100, {
      n: (row) => row % 17,
      name: (row) => `Ann Smith ${row}`,
      address: (row) => `${row} Long Road, Town ${10_000 + row}`,
      code: (row) => `AB ${row} CD 34 EF ${row} GH 55`,
      link: (row) => `https://example.org/a/very/long/path/to/page-${row}`,
      review: (row) => `this is what I think of number ${row}`,
      kommentar: (row) => `机器学习是一门很有意思的学科第${row}章`,
      rating: (row) => ['good', 'bad'][row % 2] ?? '',
    });
    expect(rolesOf(columns)).toEqual({
      n: 'feature',
      name: 'ignore',
      address: 'ignore',
      code: 'ignore',
      link: 'ignore',
      review: 'feature',
      kommentar: 'feature',
      rating: 'label',
    });
    expect(columns[5]).toMatchObject({ type: 'text', reason: 'free text, 6 words on average' });
  });

  it('follows names', () => {
    const columns = table(100, {
      customer_id: (row) => `c${row}`,
      age: (row) => 20 + (row % 50),
      colour: (row) => ['red', 'green'][row % 2] ?? '',
      Split: (row) => ['train', 'val', 'TEST'][row % 3] ?? '',
      annotator: (row) => `ann ${row % 4}`,
      image_path: (row) => `pictures/${row}.png`,
      weight: (row) => row / 3,
      pred_prob_0: (row) => row / 100,
      remark: (row) => `free text ${row}`,
      constant: () => 'same',
      Target: (row) => ['ham', 'spam'][row % 2] ?? '',
    });
    expect(rolesOf(columns)).toEqual({
      customer_id: 'id',
      age: 'feature',
      colour: 'feature',
      Split: 'split',
      annotator: 'group',
      image_path: 'feature',
      weight: 'ignore',
      pred_prob_0: 'ignore',
      remark: 'ignore',
      constant: 'ignore',
      Target: 'label',
    });
    for (const { role, reason, name } of columns) if (role !== 'feature') expect(reason, name).not.toBe('');
  });

  it('takes a repeating id for a group, and a split of unknown words for a feature', () => {
    const columns = table(60, {
      user_id: (row) => `u${row % 9}`,
      split: (row) => ['north', 'south'][row % 2] ?? '',
      y: (row) => row % 2,
    });
    expect(rolesOf(columns)).toEqual({ user_id: 'group', split: 'feature', y: 'label' });
  });

  it.each([
    ['source', (row: number) => `site ${row % 3}`],
    ['data_source', (row: number) => `site ${row % 3}`],
    ['Annotator', (row: number) => `ann ${row % 4}`],
    ['annotator_id', (row: number) => row % 4],
    ['worker', (row: number) => `A${row % 5}XQ`],
    ['WorkerId', (row: number) => `A${row % 5}XQ`],
    ['worker id', (row: number) => row % 4],
    ['rater', (row: number) => row % 2],
    ['coder_name', (row: number) => ['Ann', 'Bo'][row % 2] ?? ''],
  ])('takes a column "%s" for a group, not for a feature or the label', (name, value) => {
    const columns = table(60, { x: (row) => row / 7, [name]: value, y: (row) => row % 2 });
    expect(rolesOf(columns)).toEqual({ x: 'feature', [name]: 'group', y: 'label' });
    const last = table(60, { kind: (row) => ['a', 'b'][row % 2] ?? '', x: (row) => row / 7, [name]: value });
    expect(rolesOf(last)).toEqual({ kind: 'label', x: 'feature', [name]: 'group' });
  });

  it('takes texts under “source” for texts, and labels of one annotator of several for no feature', () => {
    const columns = table(60, {
      source: (row) => `the cat number ${row} sat on mat ${row % 7}`,
      annotator_1: (row) => row % 2,
      rater2: (row) => row % 2,
      y: (row) => row % 2,
    });
    expect(rolesOf(columns)).toEqual({ source: 'feature', annotator_1: 'ignore', rater2: 'ignore', y: 'label' });
  });

  it('guesses an unnamed label: the last column of few values, else the first', () => {
    const last = table(60, { a: (row) => row / 7, kind: (row) => ['x', 'y'][row % 2] ?? '' });
    expect(rolesOf(last).kind).toBe('label');
    const first = infer(
      `Status,Home,Age,Price\n${Array.from({ length: 60 }, (_, k) => `${k % 3 ? 'good' : 'bad'},${k % 2 ? 'rent' : 'own'},${20 + ((k * 7) % 50)},${k * 17}`).join('\n')}`,
    );
    expect(rolesOf(first)).toEqual({ Status: 'label', Home: 'feature', Age: 'feature', Price: 'feature' });
    expect(first[0]?.reason).toBe('the first column, 2 values');
  });

  it.each([
    ['label', 'label', (row: number) => `kind ${row % 300}`],
    ['Species', 'label', (row: number) => `kind ${row % 300}`],
    ['class', 'label', (row: number) => (row * 7) % 300],
    ['y', 'feature', (row: number) => (row * 7) % 300],
    ['label', 'feature', (row: number) => (row % 300) / 7],
    ['label', 'ignore', (row: number) => `kind ${row % 600}`],
  ])('takes a column "%s" for %s although it has many values, not another of two', (name, role, value) => {
    const roles = rolesOf(
      table(1000, { a: (row) => row / 7, [name]: value, sold: (row) => ['no', 'yes'][row % 2] ?? '' }),
    );
    expect(roles).toEqual({ a: 'feature', [name]: role, sold: role === 'label' ? 'feature' : 'label' });
  });

  it('takes the column of few values where several are named like a label', () => {
    const columns = table(1000, { label: (row) => `kind ${row % 300}`, target: (row) => row % 2 });
    expect(rolesOf(columns).target).toBe('label');
  });

  it('finds no label where there is none', () => {
    expect(Object.values(rolesOf(table(60, { a: (row) => row / 7, b: (row) => row / 3 })))).not.toContain('label');
    const many = table(1000, { a: (row) => row / 7, label: (row) => row / 3 });
    expect(rolesOf(many).label).not.toBe('label');
  });

  it.each([
    ['sample_weight', (row: number) => 1 + (row % 3), 'weight'],
    ['Weights', (row: number) => (row % 5) / 4, 'weight'],
    ['weight', (row: number) => 50 + (row % 40), 'ignore'],
    ['sample_weight', (row: number) => (row % 3) - 1, 'ignore'],
    ['sample_weight', (row: number) => ['light', 'heavy'][row % 2] ?? '', 'ignore'],
    ['sample_weight', () => 1, 'ignore'],
  ])('takes a column "%s" for the weight of rows where its numbers can be', (name, value, role) => {
    const columns = table(60, { x: (row) => row / 7, [name]: value, y: (row) => row % 2 });
    expect(rolesOf(columns)).toEqual({ x: 'feature', [name]: role, y: 'label' });
  });

  it('takes one id only', () => {
    const columns = table(50, { id: (row) => `a${row}`, uid: (row) => `b${row}`, y: (row) => row % 2 });
    expect(rolesOf(columns)).toEqual({ id: 'id', uid: 'ignore', y: 'label' });
  });

  it('copes with names of object properties', () => {
    const names = ['__proto__', 'constructor', 'label'];
    const columns = inferColumns(
      names,
      profile(
        Array.from({ length: 20 }, (_, k) => [`${k * 3 + (k % 2)}`, `${k / 3}`, `${k % 2}`]),
        names,
      ),
    );
    expect(columns.map(({ name, role }) => [name, role])).toEqual([
      ['__proto__', 'feature'],
      ['constructor', 'feature'],
      ['label', 'label'],
    ]);
  });
});

describe('findPictures', () => {
  const pixels = (
    count: number,
    name: (k: number) => string,
    value = (row: number, k: number): number => (row * k) % 17,
  ) => {
    const names = ['id', ...Array.from({ length: count }, (_, k) => name(k)), 'label'];
    const rows = Array.from({ length: 40 }, (_, row) => [
      `r${row}`,
      ...Array.from({ length: count }, (_, k) => String(value(row, k))),
      String(row % 3),
    ]);
    const profiles = profile(rows, names);
    return findPictures(inferColumns(names, profiles), profiles);
  };

  it('finds pixel columns, constant ones among them', () => {
    const found = pixels(64, (k) => `px${String(k).padStart(2, '0')}`);
    expect(found).toMatchObject({ width: 8, height: 8, max: 16 });
    expect(found?.columns).toEqual(Array.from({ length: 64 }, (_, k) => k + 1));
  });

  it('puts them in the order of their numbers', () => {
    expect(pixels(25, (k) => `p${24 - k}`)?.columns).toEqual(Array.from({ length: 25 }, (_, k) => 25 - k));
    expect(pixels(16, (k) => `${(k % 4) + 1}x${Math.floor(k / 4) + 1}`)?.columns[1]).toBe(5);
  });

  it('finds none among too few, negative, gappy or not square columns', () => {
    expect(pixels(9, (k) => `px${k}`)).toBeNull();
    expect(pixels(20, (k) => `px${k}`)).toBeNull();
    expect(
      pixels(
        16,
        (k) => `px${k}`,
        (row, k) => row - k,
      ),
    ).toBeNull();
    expect(pixels(16, (k) => `px${k * 2}`)).toBeNull();
  });
});

describe('predicted probabilities', () => {
  const shares = (row: number) => (row % 5) / 5;
  const label = (row: number) => ['ham', 'spam'][row % 2] ?? '';

  it('are known by their names, one for each class', () => {
    const columns = table(100, { x: (row) => row / 7, prob_ham: shares, prob_spam: shares, label });
    expect(rolesOf(columns)).toEqual({
      x: 'feature',
      prob_ham: 'probability',
      prob_spam: 'probability',
      label: 'label',
    });
    expect(columns[1]?.reason).toBe('named like a predicted probability of “ham”');
  });

  it('are none where a class has none, or the numbers cannot be probabilities', () => {
    const some = table(100, { x: (row) => row / 7, prob_ham: shares, prob_eggs: shares, label });
    expect(rolesOf(some)).toMatchObject({ prob_ham: 'ignore', prob_eggs: 'ignore' });
    const odds = table(100, { x: (row) => row / 7, p_ham: (row) => row - 50.5, p_spam: shares, label });
    expect(rolesOf(odds)).toMatchObject({ p_ham: 'ignore' });
  });
});

describe('lists of numbers', () => {
  const list = (row: number, count: number): string =>
    `[${Array.from({ length: count }, (_, k) => row / 7 - k).join(', ')}]`;
  const label = (row: number): string => 'ab'[row % 2] ?? '';

  it('are an embedding and a feature, whatever their column is called', () => {
    const columns = table(60, { embedding: (row) => list(row, 5), id: (row) => `r${row}`, label });
    expect(columns[0]).toMatchObject({
      type: 'vector',
      role: 'feature',
      numbers: 5,
      reason: 'lists of 5 numbers each: an embedding',
    });
    expect(rolesOf(columns)).toEqual({ embedding: 'feature', id: 'id', label: 'label' });
  });

  it('are texts where they are of several lengths, and predictions where they are named so', () => {
    expect(typesOf(table(60, { v: (row) => list(row, 2 + (row % 3)), label })).v).toBe('text');
    expect(rolesOf(table(60, { pred_probs: (row) => list(row, 2), label })).pred_probs).toBe('ignore');
  });

  it('that were cut short say so', () => {
    const [cut] = table(60, { v: (row) => `[${row}.5 0.25 ... 0.75]`, label });
    expect(cut).toMatchObject({ type: 'text', role: 'ignore', reason: expect.stringMatching(/cut short/) as string });
  });

  it('are told by many rows too, with a few cells that are none', () => {
    const [v] = table(2_000, { v: (row) => (row % 100 === 7 ? 'broken' : list(row, 3)), label });
    expect(v).toMatchObject({ type: 'vector', numbers: 3 });
  });
});
