import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mapWords } from '../../../contract/map';
import {
  type Filter,
  numberColumns,
  type Query,
  querySchema,
  reviewColumns,
  type ReviewRow,
  reviewRowSchema,
} from '../../../contract/review';
import { mapScores, scoreColumns } from '../../../contract/scoreColumns';
import type { Decision } from '../../../core/review/decisions';
import { compareNaturally } from '../../datasets/cells/cells';
import { writeTestFile } from '../../datasets/testFiles';
import type { ProjectStore } from '../projectStore';
import type { AuditToStore } from '../storeTypes';
import { projectOf, randomAudit } from '../testProject';

const n = 700;
const classes = ['a', 'b', "it's %_"];
let place: string;
let store: ProjectStore;
let audit: AuditToStore;
/** Every row as it must be shown, computed here from the arrays. */
let expected: ReviewRow[];

const idOf = (row: number): string => (row % 3 === 0 ? String(row) : `ID-${row}`);

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'assay-review-'));
  const pixels = Array.from({ length: 16 }, (_, k) => `p${k}`);
  const lines = Array.from({ length: n }, (_, row) => [
    idOf(row),
    ...pixels.map((_, k) => ((row + k) % 5 === 4 ? '' : (row * k) % 17)),
    row % 2,
  ]);
  const file = writeTestFile(
    place,
    'data.csv',
    `id,${pixels.join(',')},label\n${lines.map((cells) => cells.join(',')).join('\n')}\n`,
  );
  store = await projectOf(file, join(place, 'p.assay'));
  audit = randomAudit(n, 3, classes);
  await store.audits.replace(audit);
  const decisions: [number, Decision][] = [];
  for (let row = 0; row < n; row += 4) {
    const kinds: Decision[] = [
      { kind: 'keep' },
      { kind: 'remove' },
      { kind: 'relabel', label: 'b' },
      { kind: 'later' },
    ];
    decisions.push([row, kinds[(row / 4) % 4] ?? { kind: 'keep' }]);
  }
  for (const kind of ['keep', 'remove', 'relabel', 'later']) {
    const of = decisions.filter(([, decision]) => decision.kind === kind);
    await store.decisions.append({
      kind: 'decide',
      rows: of.map(([row]) => row),
      decision: of[0]?.[1] ?? null,
      reviewer: 'me',
      title: kind,
    });
  }
  await store.decisions.append({ kind: 'note', rows: [0, 1], note: 'Look here', reviewer: 'me', title: 'note' });
  expected = Array.from({ length: n }, (_, row) => shownRow(row, lines[row] ?? [], new Map(decisions)));
}, 60_000);

afterAll(async () => {
  await store.close();
  rmSync(place, { recursive: true, force: true });
});

function shownRow(
  row: number,
  cells: readonly (string | number)[],
  decisions: ReadonlyMap<number, Decision>,
): ReviewRow {
  const { columns, labels, split } = audit;
  const cell = (values: Float64Array): number | null => {
    const value = values[row] ?? NaN;
    return Number.isNaN(value) ? null : value;
  };
  const given = labels[row] ?? -1;
  return {
    row,
    id: idOf(row),
    split: given < 0 ? 'unlabelled' : ((['train', 'validation', 'test'] as const)[split[row] ?? 0] ?? 'train'),
    rank: (columns.rank[row] ?? 0) > 0 ? (columns.rank[row] ?? 0) : null,
    givenLabel: given < 0 ? '' : (classes[given] ?? ''),
    suggestedLabel: classes[columns.suggestedLabel?.[row] ?? 0] ?? '',
    suspicion: cell(columns.suspicion),
    ...mapScores(({ field }) => cell(columns[field] ?? new Float64Array(0))),
    reasons: audit.reasonNames.filter((_, bit) => ((columns.reasons[row] ?? 0) >> bit) & 1),
    decision: decisions.get(row) ?? null,
    note: row < 2 ? 'Look here' : '',
    picture: cells.slice(1, 17).map((value) => (value === '' ? 0 : Math.round((255 * Number(value)) / 16))),
    snippet: null,
    cells: [],
  };
}

/** The value a row is sorted by; null sorts last in either direction. */
function keysOf(row: ReviewRow, column: Query['sort'][number]['column']): (number | string | null)[] {
  switch (column) {
    case 'rank':
      return [row.rank];
    case 'row':
      return [row.row];
    case 'id':
      return [/^\d+$/.test(row.id) ? Number(row.id) : null, row.id];
    case 'split':
      return [['train', 'validation', 'test', 'unlabelled'].indexOf(row.split)];
    case 'given_label':
      return [row.givenLabel === '' ? null : classes.indexOf(row.givenLabel)];
    case 'suggested_label':
      return [classes.indexOf(row.suggestedLabel)];
    case 'suspicion':
      return [row.suspicion];
    case 'reasons':
      return [row.reasons.length, audit.columns.reasons[row.row] ?? 0];
    case 'decision':
      return [row.decision === null ? null : ['remove', 'relabel', 'keep', 'later'].indexOf(row.decision.kind)];
    default:
      return scoreColumns.flatMap(({ name, field }) => (name === column ? [row[field]] : []));
  }
}

function compareRows(sort: Query['sort']) {
  return (a: ReviewRow, b: ReviewRow): number => {
    for (const { column, descending } of sort) {
      const left = keysOf(a, column);
      const right = keysOf(b, column);
      for (let k = 0; k < left.length; k++) {
        const [x, y] = [left[k] ?? null, right[k] ?? null];
        if (x === y) continue;
        if (x === null) return 1;
        if (y === null) return -1;
        const order = x < y ? -1 : 1;
        return descending ? -order : order;
      }
    }
    return a.row - b.row;
  };
}

function belongs(row: ReviewRow, query: Query): boolean {
  const suspect = row.suspicion !== null && row.suspicion >= query.threshold;
  const decision = row.decision?.kind ?? 'undecided';
  const inQueue = {
    pending: row.split === 'train' && suspect && row.decision === null,
    decided: ['keep', 'remove', 'relabel'].includes(decision),
    later: decision === 'later',
    evaluation: (row.split === 'validation' || row.split === 'test') && suspect,
    all: true,
  }[query.queue];
  const text = query.search.toLowerCase();
  const label = row.decision?.kind === 'relabel' ? row.decision.label : '';
  const found = [row.id, row.note, label, row.givenLabel, row.suggestedLabel].some((value) =>
    value.toLowerCase().includes(text),
  );
  return inQueue && found && query.filters.every((filter) => passes(row, filter));
}

function passes(row: ReviewRow, filter: Filter): boolean {
  return passesPlain(row, filter) !== (filter.inverted === true);
}

function passesPlain(row: ReviewRow, filter: Filter): boolean {
  if (filter.kind === 'range') {
    const value = keysOf(row, filter.column)[0];
    if (filter.min === null && filter.max === null) return true;
    if (typeof value !== 'number') return false;
    return (filter.min === null || value >= filter.min) && (filter.max === null || value <= filter.max);
  }
  switch (filter.column) {
    case 'rows':
      return filter.rows.includes(row.row);
    case 'given_label':
      return filter.values.includes(row.givenLabel);
    case 'suggested_label':
      return filter.values.includes(row.suggestedLabel);
    case 'split':
      return filter.values.includes(row.split);
    case 'decision':
      return filter.values.includes(row.decision?.kind ?? 'undecided');
    case 'reasons':
      return row.reasons.some((reason) => filter.values.includes(reason));
    default:
      throw new Error(`Filters over columns of the data are tested in cellFilters.test.ts: ${filter.kind}`);
  }
}

const number = fc.oneof(
  fc.constant(null),
  fc.integer({ min: 0, max: 20 }).map((value) => value / 20),
);
const plainFilters: fc.Arbitrary<Filter> = fc.oneof(
  fc.record({
    kind: fc.constant('in' as const),
    column: fc.constantFrom(
      'given_label' as const,
      'suggested_label' as const,
      'split' as const,
      'decision' as const,
      'reasons' as const,
    ),
    values: fc.array(
      fc.constantFrom(
        ...classes,
        '',
        'train',
        'test',
        'unlabelled',
        'undecided',
        'keep',
        'remove',
        'later',
        'first',
        'third',
        "x' OR 1=1 --",
      ),
      { minLength: 1, maxLength: 4 },
    ),
  }),
  fc.record({
    kind: fc.constant('rows' as const),
    column: fc.constant('rows' as const),
    rows: fc.array(
      fc.integer({ min: 0, max: 1_000_000 }).map((row) => row % 60),
      { minLength: 1, maxLength: 40 },
    ),
    words: fc.constant('some rows'),
  }),
  fc.record({
    kind: fc.constant('range' as const),
    column: fc.constantFrom(...numberColumns),
    min: number,
    max: number,
  }),
);
const filters = fc
  .tuple(plainFilters, fc.boolean())
  .map(([filter, inverted]): Filter => (inverted ? { ...filter, inverted } : filter));
const queries: fc.Arbitrary<Query> = fc.record({
  queue: fc.constantFrom(
    'pending' as const,
    'decided' as const,
    'later' as const,
    'evaluation' as const,
    'all' as const,
  ),
  threshold: fc.integer({ min: 0, max: 40 }).map((value) => value / 40),
  filters: fc.array(filters, { maxLength: 2 }),
  search: fc.constantFrom('', '', '', 'id-1', 'look', "it's", '%', "'; DROP TABLE meta; --", 'B'),
  sort: fc.array(fc.record({ column: fc.constantFrom(...reviewColumns), descending: fc.boolean() }), { maxLength: 3 }),
});

describe('queryRows', () => {
  const sameReasonTwice: Query = {
    queue: 'all',
    threshold: 0.5,
    filters: [{ kind: 'in', column: 'reasons', values: ['third', 'third'] }],
    search: '',
    sort: [],
  };

  it('reads a column of every row, as numbers or as codes of words', async () => {
    const numbers = await store.review.readValues('suspicion');
    expect(numbers.names).toBeNull();
    expect(numbers.values).toEqual(Float32Array.from(expected, (row) => row.suspicion ?? NaN));
    const words = {
      given_label: ({ givenLabel }: ReviewRow) => givenLabel,
      suggested_label: ({ suggestedLabel }: ReviewRow) => suggestedLabel,
      decision: ({ decision }: ReviewRow) => decision?.kind ?? 'undecided',
      split: ({ split }: ReviewRow) => split,
    };
    for (const by of mapWords) {
      const { values, names } = await store.review.readValues(by);
      expect(Array.from(values, (code) => names?.[code] ?? '')).toEqual(expected.map(words[by]));
    }
    for (const by of numberColumns) expect((await store.review.readValues(by)).values).toHaveLength(n);
  });

  it('gives the rows and the order that a plain filter and sort give, for any query', async () => {
    await fc.assert(
      fc.asyncProperty(queries, async (query) => {
        querySchema.parse(query);
        const rows = await store.review.query(query);
        const wanted = expected.filter((row) => belongs(row, query)).sort(compareRows(query.sort));
        expect([...rows]).toEqual(wanted.map(({ row }) => row));
      }),
      { numRuns: 120, examples: [[sameReasonTwice]], seed: 1 },
    );
  });
});

describe('countLabelPairs', () => {
  it('counts the rows of any query by given and suggested label, whatever it asks of these', async () => {
    await fc.assert(
      fc.asyncProperty(queries, async (query) => {
        const others = query.filters.filter(({ column }) => column !== 'given_label' && column !== 'suggested_label');
        const counts = new Map<string, number>();
        for (const row of expected.filter((one) => belongs(one, { ...query, filters: others }))) {
          const pair = `${row.givenLabel}→${row.suggestedLabel}`;
          if (row.givenLabel !== '') counts.set(pair, (counts.get(pair) ?? 0) + 1);
        }
        const pairs = await store.review.countLabelPairs(query, 100);
        expect(new Map(pairs.map(({ given, suggested, rows }) => [`${given}→${suggested}`, rows]))).toEqual(counts);
        const rows = pairs.map((pair) => pair.rows);
        expect(rows).toEqual([...rows].sort((a, b) => b - a));
      }),
      { numRuns: 25, seed: 2 },
    );
    const all: Query = { queue: 'all', threshold: 0.5, filters: [], search: '', sort: [] };
    expect(await store.review.countLabelPairs(all, 2)).toHaveLength(2);
  });
});

describe('readSpread', () => {
  it('counts the rows of any query by bins of any column, whatever it asks of that column', async () => {
    await fc.assert(
      fc.asyncProperty(queries, fc.constantFrom(...numberColumns), async (query, column) => {
        const others = { ...query, filters: query.filters.filter((filter) => filter.column !== column) };
        const rows = expected.filter((row) => belongs(row, others));
        const values = rows.flatMap((row) => {
          const [value] = keysOf(row, column);
          return typeof value === 'number' ? [value] : [];
        });
        const spread = await store.review.readSpread(query, column, 10);
        if (values.length === 0) {
          expect(spread).toBeNull();
          return;
        }
        const [low, high] = [Math.min(...values), Math.max(...values)];
        expect(spread).toMatchObject({ low, high, empty: rows.length - values.length });
        const counts = new Array<number>(low === high ? 1 : 10).fill(0);
        for (const value of values) {
          const bin = low === high ? 0 : Math.min(9, Math.floor((value - low) / ((high - low) / 10)));
          counts[bin] = (counts[bin] ?? 0) + 1;
        }
        expect(spread?.counts).toEqual(counts);
      }),
      { numRuns: 25, seed: 3 },
    );
  });
});

describe('readRows', () => {
  it('gives every cell of the rows asked for, in their order, as the contract has it', async () => {
    const rows = [699, 0, 1, 350, 4, 8, 12];
    const found = await store.review.readRows(rows);
    expect(found).toEqual(rows.map((row) => expected[row]));
    for (const row of found) reviewRowSchema.parse(row);
    expect(await store.review.readRows(expected.map(({ row }) => row))).toEqual(expected);
    expect(await store.review.readRows([])).toEqual([]);
  });
});

describe('reviewTotals', () => {
  it.each([0, 0.25, 0.5, 1])('counts what is there at threshold %d', async (threshold) => {
    const totals = await store.review.totals(threshold, 10);
    const query = (queue: Query['queue']): ReviewRow[] =>
      expected.filter((row) => belongs(row, { queue, threshold, filters: [], search: '', sort: [] }));
    const kind = (wanted: Decision['kind']): ReviewRow[] =>
      expected.filter(({ decision }) => decision?.kind === wanted);
    const training = expected.filter(({ split }) => split === 'train');
    const suspects = training.filter(({ suspicion }) => (suspicion ?? -1) >= threshold);
    expect(totals).toMatchObject({
      rowsInAll: n,
      rankedRows: expected.filter(({ rank }) => rank !== null).length,
      suspects: suspects.length,
      pending: query('pending').length,
      evaluationSuspects: query('evaluation').length,
      kept: kind('keep').length,
      removed: kind('remove').length,
      relabelled: kind('relabel').length,
      later: kind('later').length,
    });
    expect(totals.highestSuspicion).toBe(Math.max(...training.map(({ suspicion }) => suspicion ?? 0)));
    for (const suspect of [false, true]) {
      const found = totals.bins.filter((bin) => bin.suspect === suspect);
      const rows = training.filter(({ suspicion }) => (suspicion ?? -1) >= threshold === suspect);
      const judged = (...kinds: (Decision['kind'] | undefined)[]): number =>
        rows.filter(({ decision }) => kinds.includes(decision?.kind)).length;
      const count = (of: (bin: (typeof found)[number]) => number): number =>
        found.reduce((sum, bin) => sum + of(bin), 0);
      expect(count(({ right }) => right)).toBe(judged('keep'));
      expect(count(({ wrong }) => wrong)).toBe(judged('remove', 'relabel'));
      expect(count(({ later }) => later)).toBe(judged('later'));
      expect(count(({ pending }) => pending)).toBe(judged(undefined));
    }
    const bins = new Array<number>(10).fill(0);
    for (const { suspicion } of training) bins[Math.min(9, Math.floor((suspicion ?? 0) * 10))] += 1;
    expect(totals.histogram).toEqual(bins);
    const count = (values: readonly string[]): { value: string; count: number }[] =>
      [...new Set(values)]
        .map((value) => ({ value, count: values.filter((other) => other === value).length }))
        .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
    expect(totals.facets.givenLabel).toEqual(count(suspects.map(({ givenLabel }) => givenLabel)));
    expect(totals.facets.reasons).toEqual(count(suspects.flatMap(({ reasons }) => reasons)));
    const allSuspects = expected.filter(({ suspicion }) => suspicion !== null && suspicion >= threshold);
    expect(totals.facets.split).toEqual(count(allSuspects.map(({ split }) => split)));
  });
});

describe('rows in order of suspicion', () => {
  it.each([0, 0.25, 0.5, 1])('come in blocks that hold them all at threshold %d', async (threshold) => {
    const { suspects } = await store.review.totals(threshold);
    const { blocks, next } = await store.review.readRanked(threshold, suspects);
    const training = expected
      .filter(({ split, suspicion }) => split === 'train' && (suspicion ?? 0) >= Math.min(threshold, 0.01))
      .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
    expect(blocks.length).toBeLessThanOrEqual(301);
    let place = 0;
    for (const block of blocks) {
      const rows = training.slice(place, place + block.rows);
      const last = rows[rows.length - 1];
      const judged = (...kinds: (Decision['kind'] | undefined)[]): number =>
        rows.filter(({ decision }) => kinds.includes(decision?.kind)).length;
      expect(block).toMatchObject({
        place,
        rank: last.rank,
        suspicion: last.suspicion,
        suspect: place < suspects,
        pending: judged(undefined),
        later: judged('later'),
        right: judged('keep'),
        wrong: judged('remove', 'relabel'),
      });
      place += block.rows;
    }
    expect(place).toBe(training.length);
    const first = training.findIndex(({ decision }) => decision === null);
    expect(next).toEqual({ row: training[first].row, rank: training[first].rank, place: first });
  });

  it('are read below the threshold where nobody has decided', async () => {
    const rows = expected.filter(
      ({ split, suspicion, decision }) =>
        split === 'train' && suspicion !== null && suspicion < 0.5 && decision === null,
    );
    expect([...(await store.review.readBelow(0.5))]).toEqual(rows.map(({ row }) => row));
  });
});

describe('the order of classes', () => {
  it('is the natural one the labels are read in', () => {
    expect([...classes].sort(compareNaturally)).toEqual(classes);
  });
});
