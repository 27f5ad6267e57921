import type { Column } from '../../contract/dataset';
import { InputError } from '../../core/base/errors';
import type { CancellationSignal } from '../../core/base/jobContext';
import { createTurns } from '../eventLoop';
import { isMissing, parseBoolean, parseDate, parseNumber } from './cells';
import { listed } from './columnNames';
import type {
  ColumnEncoding,
  ColumnScan,
  DateOrder,
  EncodedColumn,
  Feature,
  FeaturePipeline,
  NumberFormat,
} from './datasetTypes';

/** Values of a category with a feature of their own, at most; the most frequent ones. */
export const maxLevels = 50;
/** Distinct values of a category counted; beyond, new ones are "other" without being counted. */
const maxCountedValues = 100_000;

/**
 * Training rows a value must have not to be pooled into "other": half a percent of them, at least 2, at most 10.
 */
export function rareBelow(trainRows: number): number {
  return Math.min(10, Math.max(2, Math.ceil(0.005 * trainRows)));
}

export interface FitFeatureOptions {
  readonly scan: ColumnScan;
  /** All columns; those with role `feature` are used. */
  readonly columns: readonly Column[];
  /** 1 for each row to learn from (labelled training rows). */
  readonly trainRows: Uint8Array;
  /** Centre and scale by the training rows' mean and population standard deviation. */
  readonly standardize: boolean;
  /** Add the constant 1 as the last feature. */
  readonly intercept: boolean;
  readonly signal?: CancellationSignal;
  readonly onRows?: (done: number, total: number) => void;
}

/**
 * Learns from the training rows how columns become features:
 * - number, integer: the value; missing, infinite and unreadable cells become the training mean.
 * - boolean: 1 and 0; missing cells become the training mean.
 * - date: days since 1970-01-01, otherwise as numbers.
 * - category, text: one 0/1 feature per value; rare values ({@link rareBelow}) and those beyond the 50 most frequent are
 *   pooled; missing cells are a value of their own.
 * Numbers, booleans and dates get a 0/1 feature "… is missing" when a training row misses them. Features that are constant
 * over the training rows are left out and said so. One pass over the data, O(n · columns).
 * @throws InputError when no column is a feature, or none varies.
 */
export async function fitFeaturePipeline(options: FitFeatureOptions): Promise<FeaturePipeline> {
  const { scan, trainRows, standardize, intercept, signal, onRows } = options;
  const columns = options.columns.filter(({ role }) => role === 'feature');
  if (columns.length === 0) {
    throw new InputError('No column is a feature. Give at least one number or category column the role "feature".');
  }
  const learners = columns.map((column) => makeLearner(column));
  const turn = createTurns(signal);
  let seen = 0;
  await scan(
    columns.map(({ index }) => index),
    async (firstRow, cells) => {
      const count = cells[0]?.length ?? 0;
      for (const [k, learner] of learners.entries()) {
        const texts = cells[k] ?? [];
        for (let i = 0; i < count; i++) if (trainRows[firstRow + i] === 1) learner.add(texts[i] ?? '');
        await turn();
      }
      for (let i = 0; i < count; i++) seen += trainRows[firstRow + i] ?? 0;
      onRows?.(firstRow + count, trainRows.length);
    },
    signal,
  );
  if (seen === 0) throw new InputError('There are no labelled training rows to learn features from.');
  return assemble(
    columns,
    learners.map((learner) => learner.learn(seen)),
    { standardize, intercept },
  );
}

/** A feature before standardisation, with its moments over the training rows. */
interface Candidate {
  readonly name: string;
  readonly mean: number;
  readonly variance: number;
}

interface Learned {
  readonly encoding: ColumnEncoding;
  readonly candidates: readonly Candidate[];
  /** Training rows whose cell was filled with the mean. */
  readonly filled: number;
  /** Values pooled as "other". */
  readonly pooled: number;
}

interface Learner {
  add(cell: string): void;
  learn(trainRows: number): Learned;
}

function makeLearner(column: Column): Learner {
  switch (column.type) {
    case 'number':
    case 'integer': {
      const format: NumberFormat = column.format === 'comma' ? 'comma' : 'point';
      return new NumberLearner(
        column.name,
        (cell) => parseNumber(cell, format),
        (fill, indicator) => ({ kind: 'number', format, fill, indicator }),
      );
    }
    case 'boolean':
      return new NumberLearner(column.name, parseBoolean, (fill, indicator) => ({ kind: 'boolean', fill, indicator }));
    case 'date': {
      const order: DateOrder = column.format === 'dmy' || column.format === 'mdy' ? column.format : 'ymd';
      return new NumberLearner(
        column.name,
        (cell) => parseDate(cell, order),
        (fill, indicator) => ({ kind: 'date', order, fill, indicator }),
      );
    }
    case 'category':
    case 'text':
      return new CategoryLearner(column.name);
  }
}

/** Mean and variance by Welford's method: exact for constants, stable for large means. */
class NumberLearner implements Learner {
  #count = 0;
  #mean = 0;
  #squares = 0;

  constructor(
    private readonly name: string,
    private readonly parse: (cell: string) => number,
    private readonly encode: (fill: number, indicator: boolean) => ColumnEncoding,
  ) {}

  add(cell: string): void {
    if (isMissing(cell)) return;
    const value = this.parse(cell);
    if (!Number.isFinite(value)) return;
    this.#count++;
    const difference = value - this.#mean;
    this.#mean += difference / this.#count;
    this.#squares += difference * (value - this.#mean);
  }

  learn(trainRows: number): Learned {
    const missing = trainRows - this.#count;
    const share = missing / trainRows;
    const indicator = missing > 0;
    const value = { name: this.name, mean: this.#mean, variance: this.#squares / trainRows };
    const isMissingFeature = { name: `${this.name} is missing`, mean: share, variance: share * (1 - share) };
    return {
      encoding: this.encode(this.#mean, indicator),
      candidates: indicator ? [value, isMissingFeature] : [value],
      filled: this.#count > 0 ? missing : 0,
      pooled: 0,
    };
  }
}

class CategoryLearner implements Learner {
  readonly #counts = new Map<string, number>();
  #missing = 0;

  constructor(private readonly name: string) {}

  add(cell: string): void {
    if (isMissing(cell)) {
      this.#missing++;
      return;
    }
    const value = cell.trim();
    const count = this.#counts.get(value);
    if (count !== undefined) this.#counts.set(value, count + 1);
    else if (this.#counts.size < maxCountedValues) this.#counts.set(value, 1);
  }

  learn(trainRows: number): Learned {
    const least = rareBelow(trainRows);
    const ordered = [...this.#counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    const kept = ordered.filter(([, count]) => count >= least).slice(0, maxLevels);
    const filled = trainRows - this.#missing;
    const pooled = filled - kept.reduce((sum, [, count]) => sum + count, 0);
    const candidate = (name: string, count: number): Candidate => {
      const share = count / trainRows;
      return { name, mean: share, variance: share * (1 - share) };
    };
    return {
      encoding: {
        kind: 'category',
        levels: kept.map(([value]) => value),
        other: pooled > 0,
        missing: this.#missing > 0,
      },
      candidates: [
        ...kept.map(([value, count]) => candidate(`${this.name} = ${value}`, count)),
        ...(pooled > 0 ? [candidate(`${this.name} = (other)`, pooled)] : []),
        ...(this.#missing > 0 ? [candidate(`${this.name} is missing`, this.#missing)] : []),
      ],
      filled: 0,
      pooled: ordered.length - kept.length,
    };
  }
}

function assemble(
  columns: readonly Column[],
  learned: readonly Learned[],
  options: { readonly standardize: boolean; readonly intercept: boolean },
): FeaturePipeline {
  const features: Feature[] = [];
  const encoded: EncodedColumn[] = [];
  const dropped: { column: string; reason: string }[] = [];
  const constantParts: string[] = [];
  columns.forEach((column, k) => {
    const { encoding, candidates } = learned[k] ?? { encoding: undefined, candidates: [] };
    if (encoding === undefined) return;
    const places = candidates.map(({ name, mean, variance }) => {
      const scale = Math.sqrt(variance);
      // Rounding leaves a constant some 1e-16 of its size of spread.
      if (!(scale > 1e-12 * Math.abs(mean))) return -1;
      const { standardize } = options;
      features.push({ name, column: column.name, centre: standardize ? mean : 0, scale: standardize ? scale : 1 });
      return features.length - 1;
    });
    const left = places.filter((place) => place >= 0).length;
    if (left === 0) dropped.push({ column: column.name, reason: 'constant in the training rows' });
    else encoded.push({ index: column.index, name: column.name, encoding, places });
    if (left > 0 && left < places.length) constantParts.push(column.name);
  });
  if (features.length === 0) {
    throw new InputError(
      'No feature is left: every feature column is constant in the training rows. Choose other columns.',
      {
        details: { columns: columns.length },
      },
    );
  }
  if (options.intercept) features.push({ name: 'intercept', column: null, centre: 0, scale: 1 });
  const notes: string[] = [];
  if (dropped.length > 0) {
    const names = listed(dropped.map(({ column }) => column));
    notes.push(
      `${dropped.length === 1 ? 'One column is' : `${dropped.length} columns are`} constant in the training rows and left out: ${names}.`,
    );
  }
  const counted = (key: 'filled' | 'pooled'): string[] =>
    columns.flatMap(({ name }, k) => {
      const count = learned[k]?.[key] ?? 0;
      return count > 0 ? [`${name} (${count.toLocaleString('en')})`] : [];
    });
  const filled = counted('filled');
  if (filled.length > 0)
    notes.push(`Missing cells of training rows are filled with the mean, and marked: ${listed(filled)}.`);
  const pooled = counted('pooled');
  if (pooled.length > 0) notes.push(`Values with few rows are pooled as "other": ${listed(pooled)}.`);
  if (constantParts.length > 0) notes.push(`Constant parts of ${listed(constantParts)} are left out.`);
  return { version: 1, ...options, columns: encoded, features, dropped, notes };
}
