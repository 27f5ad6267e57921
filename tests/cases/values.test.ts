import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, type BuiltCli } from '../cli/builtCli';
import { average, casePath, readColumn, readTable, readValues, someNumbers } from './readValues';

/** The cells of a column of a case file, without its quotes. */
function cellsOf(path: string, name: string): string[] {
  const [header = '', ...lines] = readFileSync(path, 'utf8').trim().split(/\r?\n/);
  const at = header.split(',').indexOf(name);
  return lines.map((line) => (line.match(/"[^"]*"|[^,]+|(?<=,|^)(?=,|$)/g)?.[at] ?? '').replace(/"/g, ''));
}

describe('numbers with signs around them', () => {
  it.each([
    ['07-percent-money/percent.csv', '%', (cell: string) => Number(cell.replace('%', ''))],
    ['07-percent-money/dollar.csv', '$', (cell: string) => Number(cell.replace(/[$,]/g, ''))],
    ['07-percent-money/euro.csv', '€', (cell: string) => Number(cell.replace(' €', ''))],
  ] as const)('%s: share is a number in %s', async (file, unit, plain) => {
    const path = casePath(file);
    const read = await readValues(path);
    const { type, role, reading, missing } = read.column('share');
    expect({ type, role, unit: reading?.unit, missing }).toEqual({ type: 'number', role: 'feature', unit, missing: 0 });
    const cells = cellsOf(path, 'share');
    expect(read.mean('share')).toBeCloseTo(average(cells.map(plain)), 9);
    expect(read.told).toContain(`share is in ${unit} (“${read.column('share').range?.[0] ?? ''}” reads`);
    expect(read.issues).toEqual([]);
  });

  it('09: U+2212 is a minus', async () => {
    const path = casePath('09-minus-nbsp/minus.csv');
    const read = await readValues(path);
    expect(read.column('change')).toMatchObject({ type: 'number', role: 'feature', missing: 0 });
    const numbers = cellsOf(path, 'change').map((cell) => Number(cell.replace('\u2212', '-')));
    expect(numbers.some((value) => value < 0)).toBe(true);
    expect(read.mean('change')).toBeCloseTo(average(numbers), 12);
  });
});

/** A number as people write it: groups of three by `group`, `decimals` behind `mark`. */
function written(value: number, group: string, mark: string, decimals = 2): string {
  const [whole = '', fraction = ''] = Math.abs(value).toFixed(decimals).split('.');
  const digits = whole.replace(/\B(?=(\d{3})+$)/g, group);
  return `${value < 0 ? '-' : ''}${digits}${fraction === '' ? '' : mark + fraction}`;
}

/** Between 12 and 10,000, every third one negative where `signed`. */
const amounts = (signed = false): number[] =>
  someNumbers(120).map((value, k) => Math.round(100 * (value * 1000 - 988)) / (signed && k % 3 === 0 ? -100 : 100));

describe('numbers written in other ways', () => {
  it.each<[string, (value: number) => string, string]>([
    ['German euros', (x) => `${written(x, '.', ',')} €`, '€'],
    ['euros before', (x) => `€ ${written(x, '.', ',')}`, '€'],
    ['a code behind', (x) => `${written(x, ',', '.')} EUR`, '€'],
    ['a code before', (x) => `USD ${written(x, ',', '.')}`, '$'],
    ['pounds', (x) => `£${written(x, ',', '.')}`, '£'],
    ['Swiss francs', (x) => `CHF ${written(x, "'", '.')}`, 'Fr.'],
    ['Swiss francs with a curly apostrophe', (x) => `Fr. ${written(x, '’', '.')}`, 'Fr.'],
    ['French euros', (x) => `${written(x, '\u202f', ',')}\u00a0€`, '€'],
    ['Polish złoty', (x) => `${written(x, '\u00a0', ',')} zł`, 'zł'],
    ['Swedish kronor', (x) => `${written(x, ' ', ',')} kr`, 'kr'],
    ['Brazilian reais', (x) => `R$ ${written(x, '.', ',')}`, 'R$'],
    ['thin blanks', (x) => written(x, '\u2009', '.'), ''],
    ['figure blanks, decimal comma', (x) => written(x, '\u2007', ','), ''],
    ['accounting', (x) => (x < 0 ? ` $ (${written(-x, ',', '.')})` : ` $ ${written(x, ',', '.')} `), '$'],
    ['brackets', (x) => (x < 0 ? `(${written(-x, ',', '.')})` : written(x, ',', '.')), ''],
    ['a minus behind', (x) => (x < 0 ? `${written(-x, '.', ',')}-` : written(x, '.', ',')), ''],
    ['a minus after the sign', (x) => (x < 0 ? `$-${written(-x, ',', '.')}` : `$${written(x, ',', '.')}`), '$'],
    ['a minus before the sign', (x) => (x < 0 ? `-$${written(-x, ',', '.')}` : `$${written(x, ',', '.')}`), '$'],
    ['U+2212, decimal comma', (x) => written(x, '.', ',').replace('-', '\u2212'), ''],
    ['an en dash', (x) => written(x, ',', '.').replace('-', '\u2013'), ''],
    ['a full-width minus', (x) => written(x, '', '.').replace('-', '\uff0d'), ''],
    ['no-break blanks around', (x) => `\u00a0${written(x, '', '.')}\u00a0`, ''],
    ['characters that show nothing', (x) => `\u200b${written(x, '', '.')}\ufeff`, ''],
    ['percent', (x) => `${written(x, '', ',')}\u00a0%`, '%'],
    ['percent before', (x) => `%${written(x, '', ',')}`, '%'],
    ['per mille', (x) => `${written(x, '', '.')}‰`, '‰'],
    ['kilograms', (x) => `${written(x, ',', '.')} kg`, 'kg'],
    ['milligrams per decilitre', (x) => `${written(x, '', '.')} mg/dL`, 'mg/dL'],
    ['degrees', (x) => `${written(x, '', '.')}°C`, '°C'],
    ['powers of ten', (x) => `${written(x / 1000, '', '.', 5)}×10^3`, ''],
    ['raised powers of ten', (x) => `${written(x * 1000, '', '.', 0)} × 10⁻³`, ''],
    ['decimal commas with exponents', (x) => `${written(x / 1000, '', ',', 5)}E+03`, ''],
    ["Excel's text mark", (x) => `'${written(x, '', '.')}`, ''],
  ])('%s', async (_, write, unit) => {
    const numbers = amounts(true);
    const read = await readColumn(numbers.map(write));
    expect(read.column('dose')).toMatchObject({ role: 'feature', missing: 0 });
    expect(['number', 'integer']).toContain(read.column('dose').type);
    expect(read.column('dose').reading?.unit ?? '').toBe(unit);
    expect(read.issues).toEqual([]);
    expect(read.mean('dose') / average(numbers)).toBeCloseTo(1, 9);
  });

  it('reads Indian groups', async () => {
    const groups = (x: number): string => String(x).replace(/(?<=\d)(?=(\d{2})+\d{3}$)|(?<=\d)(?=\d{3}$)/g, ',');
    expect(groups(12345678)).toBe('1,23,45,678');
    const numbers = amounts().map((x) => Math.round(x * 1000));
    expect((await readColumn(numbers.map((x) => `₹${groups(x)}`))).mean('dose')).toBeCloseTo(average(numbers), 3);
  });

  it('tells cells of another unit, never mixing scales', async () => {
    const numbers = amounts();
    const mixed = await readColumn(numbers.map((x, k) => (k % 20 === 7 ? `€${x}` : `$${x}`)));
    expect(mixed.told).toMatch(/6 cells of dose are numbers in € \(“€[\d.]+” in line 9\), perhaps on another scale/);
    expect(mixed.mean('dose')).toBeCloseTo(average(numbers.filter((_, k) => k % 20 !== 7)), 9);
    const shares = await readColumn(numbers.map((x, k) => (k % 20 === 7 ? `${x}%` : String(x))));
    expect(shares.told).toMatch(/6 cells of dose are numbers in % \(“[\d.]+%” in line 9\)/);
    const half = await readColumn(numbers.map((x, k) => (k % 2 === 0 ? `€${x}` : `$${x}`)));
    expect(half.column('dose').role).toBe('ignore');
    expect(half.told).toMatch(/dose is left out of the features: .*“[€$]/);
    const bare = await readColumn(numbers.map((x, k) => (k % 20 === 7 ? String(x) : `$${x}`)));
    expect(bare.told).toMatch(/6 cells of dose have no \$/);
    expect(bare.mean('dose')).toBeCloseTo(average(numbers), 9);
  });

  it('reads limits as the limit, and says so; groups that are limits stay categories', async () => {
    const numbers = someNumbers(120);
    const limited = await readColumn(numbers.map((x) => (x < 2 ? '< 2.0' : String(x))));
    expect(limited.column('dose')).toMatchObject({ type: 'number', missing: 0 });
    expect(limited.mean('dose')).toBeCloseTo(average(numbers.map((x) => Math.max(2, x))), 9);
    expect(limited.told).toMatch(/cells of dose say a limit, not a number \(“< 2\.0” in line \d+\): read as the limit/);
    const mostly = await readColumn(numbers.map((x) => (x < 7 ? '<7' : String(x))));
    expect(mostly.column('dose').type).toBe('number');
    expect(mostly.mean('dose')).toBeCloseTo(average(numbers.map((x) => Math.max(7, x))), 9);
    const ages = await readColumn(numbers.map((_, k) => ['<18', '18-64', '65+'][k % 3] ?? ''));
    expect(ages.column('dose').type).toBe('category');
  });
});

describe('decimal points and commas', () => {
  const numbers = someNumbers(120);
  const plainWords = (row: number): string => ['north', 'south', 'east'][row % 3] ?? '';

  it('go by the column, else by the file', async () => {
    const grouped = numbers.map((x) => Math.round(x * 1000));
    const dots = grouped.map((x) => written(x, '.', ',', 0));
    const german = await readColumn(dots, { beside: (row) => `${row % 7},${row % 10}5` });
    expect(german.mean('dose')).toBeCloseTo(average(grouped), 6);
    const english = await readColumn(grouped.map((x) => written(x, ',', '.', 0)));
    expect(english.mean('dose')).toBeCloseTo(average(grouped), 6);
    const commas = await readColumn(
      numbers.map((x) => x.toFixed(3).replace('.', ',')),
      {
        beside: (row) => `${row % 7},${row % 10}5`,
      },
    );
    expect(commas.mean('dose')).toBeCloseTo(average(numbers), 9);
  });

  it('are said to be uncertain where nothing tells, and are as the analyst says', async () => {
    const cells = numbers.map((x) => x.toFixed(3));
    const guessed = await readColumn(cells, { beside: plainWords });
    expect(guessed.told).toMatch(/“\d\.\d{3}” of dose \(line 2\) may have a decimal point or separate thousands/);
    const said = await readColumn(cells, { beside: plainWords, dialect: { decimal: ',' } });
    expect(said.told).not.toContain('may have a decimal');
    expect(said.mean('dose') / average(numbers)).toBeCloseTo(1000, 6);
  });

  it('are not changed by one slip of the pen', async () => {
    const grouped = numbers.map((x) => Math.round(x * 1000));
    const cells = grouped.map((x, k) => (k === 50 ? '2.5' : written(x, '.', ',', 0)));
    const read = await readColumn(cells, { beside: (row) => `${row % 7},${row % 10}5` });
    expect(read.mean('dose')).toBeCloseTo(average(grouped.filter((_, k) => k !== 50)), 6);
    expect(read.told).toMatch(/1 cell of dose is a number with a decimal point \(“2\.5” in line 52\)/);
  });
});

describe('missing markers', () => {
  it.each([
    ...[
      '#DIV/0!',
      '#VALUE!',
      '#REF!',
      '#NUM!',
      '#NAME?',
      '#NULL!',
      '#N/A N/A',
      'None',
      'NaT',
      '\\N',
      '--',
      '-',
      '?',
      'n.a.',
    ],
    ...[
      'nil',
      '-nan',
      '1.#QNAN',
      '(null)',
      '<null>',
      'missing',
      'unknown',
      '..',
      '—',
      '*',
      'nd',
      'NA',
      'NULL',
      '-1.#IND',
    ],
  ])('%s is missing in a column of numbers, and told', async (marker) => {
    const numbers = someNumbers(120);
    const read = await readColumn(numbers.map((x, k) => (k % 20 === 3 ? marker : String(x))));
    expect(read.column('dose')).toMatchObject({ type: 'number', role: 'feature', missing: 6 });
    expect(read.mean('dose')).toBeCloseTo(average(numbers.filter((_, k) => k % 20 !== 3)), 9);
    expect(read.told).toContain(`“${marker}” in 6 cells of dose`);
    expect(read.issues).toEqual([]);
  });

  it('words that are not known are treated as missing and told, in two cells of five too', async () => {
    const numbers = someNumbers(120);
    const read = await readColumn(numbers.map((x, k) => (k % 5 < 2 ? 'BDL' : String(x))));
    expect(read.column('dose').type).toBe('number');
    expect(read.told).toContain('48 cells of dose are “BDL” (line 2): treated as missing');
    const various = await readColumn(numbers.map((x, k) => (k % 5 < 2 ? `see sheet ${k}` : String(x))));
    expect(various.column('dose').role).toBe('ignore');
    expect(various.told).toMatch(/dose is left out of the features: .*“see sheet 0”/);
  });

  it('are as the analyst says, numbers among them', async () => {
    const numbers = someNumbers(120);
    const cells = numbers.map((x, k) => (k % 20 === 3 ? '-999' : String(x)));
    const open = await readColumn(cells);
    expect(open.told).toMatch(/6 cells of dose are “-999” \(line 5\), far from the others/);
    const said = await readColumn(cells, { dialect: { missing: ['-999'] } });
    expect(said.told).not.toContain('far from');
    expect(said.mean('dose')).toBeCloseTo(average(numbers.filter((_, k) => k % 20 !== 3)), 9);
    expect(said.column('dose').missing).toBe(6);
    expect(said.pipeline.missing).toEqual(['-999']);
  });

  it('are classes in a label, and categories stay', async () => {
    const rows = someNumbers(60).map((x, k) => [String(x), k % 2 === 0 ? '-' : 'None', ['.', 'a', 'b'][k % 3] ?? '']);
    const read = await readTable(['x', 'label', 'kind'], rows);
    expect(read.column('label')).toMatchObject({ role: 'label', missing: 0, distinct: 2 });
    expect(read.column('kind')).toMatchObject({ type: 'category', missing: 0, distinct: 3 });
  });
  it.each([
    ['excel', '#N/A'],
    ['pandas', '<NA>'],
    ['sas', '.'],
  ])('08 %s: cells with %s are missing in a column of numbers', async (file, marker) => {
    const path = casePath(`08-missing-markers/${file}.csv`);
    const read = await readValues(path);
    const cells = cellsOf(path, 'dose');
    const numbers = cells.filter((cell) => cell !== marker).map(Number);
    expect(read.column('dose')).toMatchObject({
      type: 'number',
      role: 'feature',
      missing: cells.length - numbers.length,
      distinct: new Set(numbers).size,
    });
    expect(read.mean('dose')).toBeCloseTo(average(numbers), 12);
    expect(read.told).toContain(`“${marker}” in ${cells.length - numbers.length} cells of dose`);
    expect(read.pipeline.features.map(({ name }) => name)).toContain('dose is missing');
  });
});

describe('row numbers', () => {
  const labels = (row: number): string => (row < 60 ? 'A' : 'B');
  const noise = someNumbers(120);
  const withColumn = (name: string, cell: (row: number) => string | number) =>
    readTable(
      [name, 'x', 'label'],
      noise.map((x, row) => [String(cell(row)), String(x), labels(row)]),
    );
  /** 0 … n−1 in another order, the same every time. */
  const shuffled = (row: number, n: number): number => (row * 77 + 13) % n;

  it.each<[string, string, (row: number) => string | number]>([
    ...[
      '',
      'Unnamed: 0',
      '#',
      'No',
      'No.',
      'SNo',
      'S.No',
      'Sr. No.',
      'Nr',
      'index',
      'row',
      'rownum',
      '_id',
      'case',
      'X',
      'foo',
    ].map((name): [string, string, (row: number) => number] => [`"${name}" from 1`, name, (row) => row + 1]),
    ['falling', 'no', (row) => 120 - row],
    ['with gaps', '', (row) => row + Math.floor(row / 3)],
    ['with wide gaps', 'Unnamed: 0', (row) => row * 17 + (row % 5)],
    ['as decimals', '', (row) => `${row}.0`],
    ['with leading zeros', 'nr', (row) => String(row).padStart(5, '0')],
    ['with separated thousands', 'row', (row) => (row + 950).toLocaleString('en')],
    ['begun anew', '', (row) => row % 60],
    ['shuffled', '', (row) => shuffled(row, 120)],
    ['drawn at random', 'Unnamed: 0', (row) => shuffled(row, 499)],
  ])('%s: a row number is no feature', async (_, name, cell) => {
    const read = await withColumn(name, cell);
    expect(['id', 'ignore']).toContain(read.columns[0]?.role);
    expect(read.columns[0]?.reason).not.toBe('');
    expect(read.told).toContain(`Row numbers are no features: ${name === '' ? 'column 1' : name}`);
    expect(read.pipeline.features.map((feature) => feature.name)).toEqual(['x', 'intercept']);
  });

  it.each<[string, string, (row: number) => string | number]>([
    ['a nameless measurement', '', (row) => (noise[row] ?? 0) * 3],
    ['nameless whole numbers that repeat', '', (row) => shuffled(row, 499) % 90],
    ['a time in steps of a half', 'time', (row) => row / 2],
    ['years', 'year', (row) => 1900 + row],
    ['hours of days', 'hour', (row) => row % 24],
    ['an index that is measured', 'index', (row) => 1.3 + (noise[row] ?? 0) / 10],
    ['an amount', 'number', (row) => `$${(noise[row] ?? 0) * 100}`],
  ])('%s stays a feature', async (_, name, cell) => {
    const read = await withColumn(name, cell);
    expect(read.columns[0]?.role).toBe('feature');
    if (name === 'time' || name === 'year') expect(read.told).toMatch(/rises with every row \(“/);
  });

  it('give way to a column that is named an id', async () => {
    const rows = noise.map((x, row) => [String(row), `c${shuffled(row, 499)}`, String(x), labels(row)]);
    const read = await readTable(['', 'customer_id', 'x', 'label'], rows);
    expect(read.columns.map(({ role }) => role)).toEqual(['ignore', 'id', 'feature', 'label']);
  });

  it('a first column of different texts is an id only if it looks like one', async () => {
    expect((await withColumn('code', (row) => `AB-${shuffled(row, 120)}`)).columns[0]?.role).toBe('id');
    expect((await withColumn('', (row) => `Mazda RX ${row}`)).columns[0]?.role).toBe('id');
    expect((await withColumn('remark', (row) => `called at ${row} again`)).columns[0]?.role).toBe('ignore');
    expect((await withColumn('price', (row) => (row % 2 === 0 ? `$${row}.5` : `€${row}.5`))).columns[0]?.role).toBe(
      'ignore',
    );
  });

  it('04: the nameless index of a data frame is the id', async () => {
    const plain = await readValues(casePath('04-nameless-index/clean.csv'));
    const read = await readValues(casePath('04-nameless-index/pandas.csv'));
    expect(read.columns[0]).toMatchObject({ role: 'id', reason: 'counts the rows from 0 to 149' });
    expect(read.pipeline.features).toEqual(plain.pipeline.features);
    expect(read.told).toContain('Row numbers are no features: column 1');
  });
});

describe('numbers of any size', () => {
  it('14 huge: 1e200 is scaled as any number', async () => {
    const path = casePath('14-magnitude/huge.csv');
    const read = await readValues(path);
    const numbers = cellsOf(path, 'likelihood').map((cell) => Number(cell) / 1e200);
    expect(read.mean('likelihood') / 1e200).toBeCloseTo(average(numbers), 12);
    const scaled = read.features.map(([value]) => value);
    expect(average(scaled)).toBeCloseTo(0, 9);
    expect(average(scaled.map((value) => value ** 2))).toBeCloseTo(1, 9);
  });

  it.each<[string, (x: number) => string, number]>([
    ['tiny', (x) => `${x}e-300`, 1e-300],
    ['large', (x) => `${-x}e250`, -1e250],
    ['time stamps in nanoseconds', (x) => String(1_700_000_000_000_000_000n + BigInt(Math.round(x * 1e9))), NaN],
    [
      'time stamps some nanoseconds apart',
      (x) => String(1_700_000_000_000_000_000n + BigInt(Math.round(x * 1000))),
      NaN,
    ],
    ['differences beyond sixteen digits', (x) => `0.123456789012345678${Math.round(x * 1000)}`, NaN],
    ['a large offset', (x) => String(1e15 + Math.round(x * 8) / 8), NaN],
    ['differences of both signs near the largest number', (x) => `${x - 5}e307`, NaN],
    ['next to nothing', (x) => `${Math.round(x * 1000)}e-323`, NaN],
  ])('%s: numbers are scaled, and no column is called constant', async (_, write, unit) => {
    const numbers = someNumbers(120);
    const read = await readColumn(numbers.map(write));
    expect(read.column('dose')).toMatchObject({ role: 'feature', missing: 0 });
    expect(read.pipeline.dropped).toEqual([]);
    const at = read.pipeline.features.findIndex(({ name }) => name === 'dose');
    const mean = average(numbers);
    const spread = Math.sqrt(average(numbers.map((x) => (x - mean) ** 2)));
    read.features.forEach((row, k) => {
      const expected = (((numbers[k] ?? NaN) - mean) / spread) * (unit < 0 ? -1 : 1);
      expect(row[at]).toBeCloseTo(expected, _ === 'a large offset' ? 1 : 2);
    });
    if (!Number.isNaN(unit)) expect(read.mean('dose') / unit).toBeCloseTo(mean, 6);
  });

  it.each([
    ['1e15', false],
    ['1e300', false],
    ['3.40282347E+38', true],
    ['-2147483648', true],
  ])('a cell %s among small numbers is told, with the cell', async (odd, isMarker) => {
    const read = await readColumn(someNumbers(120).map((x, k) => (k === 40 ? odd : String(x))));
    expect(read.told).toContain(`A cell of dose is “${odd}” (line 42), far from the others`);
    expect(read.told.includes(`--missing ${odd}`)).toBe(isMarker);
    expect(read.features.flat().every(Number.isFinite)).toBe(true);
  });

  it.each(['1.8e308', '1.797693e+308', '-1.7976931348623157E308', 'inf', '1e999'])(
    '%s is no number, and told',
    async (odd) => {
      const numbers = someNumbers(120);
      const read = await readColumn(numbers.map((x, k) => (k === 40 ? odd : String(x))));
      expect(read.told).toContain(`1 cell of dose is infinite or too large for a number (“${odd}” in line 42)`);
      expect(read.mean('dose')).toBeCloseTo(average(numbers.filter((_, k) => k !== 40)), 9);
    },
  );

  it('14 sentinel: 1.8e308 is no number, and said to be none', async () => {
    const path = casePath('14-magnitude/sentinel.csv');
    const read = await readValues(path);
    const numbers = cellsOf(path, 'dose')
      .map(Number)
      .filter((value) => value < 1e300);
    expect(read.mean('dose')).toBeCloseTo(average(numbers), 12);
    expect(read.told).toMatch(/2 cells of dose .*“1\.7976931348623157e\+308” in line 22/);
  });
});

describe('on the command line', () => {
  let cli: BuiltCli;
  let folder: string;
  beforeAll(async () => {
    cli = await buildCli();
    folder = mkdtempSync(join(tmpdir(), 'assay-values-'));
  });
  afterAll(() => {
    cli.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const audit = async (file: string, out: string, ...more: string[]) => {
    const run = await cli.run('audit', casePath(file), '--label', 'label', '--out', join(folder, out), ...more);
    expect(run.code, run.stderr).toBe(0);
    return run;
  };

  it('audits a table with an index as the table without it', async () => {
    const scores = async (file: string, out: string): Promise<string[][]> => {
      await audit(file, out);
      const [, ...lines] = readFileSync(join(folder, out, 'scores.csv'), 'utf8')
        .trim()
        .split('\n');
      // Without the id.
      return lines.map((line) => line.split(',').filter((_, index) => index !== 1));
    };
    expect(await scores('04-nameless-index/pandas.csv', 'index')).toEqual(
      await scores('04-nameless-index/clean.csv', 'clean'),
    );
  });

  it('separates the classes by numbers of 1e200', async () => {
    const { stdout } = await audit('14-magnitude/huge.csv', 'huge', '--json');
    const { audit: summary } = JSON.parse(stdout) as { audit: { leaveOneOut: { accuracy: number } } };
    expect(summary.leaveOneOut.accuracy).toBeGreaterThanOrEqual(0.85);
  });

  it('refuses numbers of 1e200 that are not to be standardised, by the name of their column', async () => {
    const args = ['audit', casePath('14-magnitude/huge.csv'), '--label', 'label', '--no-standardize'];
    const run = await cli.run(...args, '--out', join(folder, 'refused'));
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(/likelihood are too large .*“7\.374e200”/);
  });
});
