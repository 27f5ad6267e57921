import type { AuditSettings } from '../../../contract/audit';
import type { Column } from '../../../contract/dataset';
import { InputError } from '../../../core/base/errors';
import { formatCount } from '../../../core/base/format';
import { listed } from '../../../core/base/listed';
import type { CancellationSignal } from '../../../core/job/jobContext';
import { createTurns } from '../../eventLoop';
import { parseBoolean, parseDate } from '../cells/cells';
import type { DateOrder } from '../cells/numberFormat';
import { numberReader, styleOf } from '../cells/numberStyle';
import type { CellScan, EncodedColumn, Feature, FeatureBlock, FeaturePipeline } from '../datasetTypes';
import { type CellColumn, isCellColumn, nameBlock } from './blocks/blockTypes';
import { type FittedBlock, layBlock } from './blocks/fitBlock';
import { CategoryLearner } from './categoryLearner';
import { describeEmbedding, findEmbeddings } from './embeddings';
import { explainNoFeature, featureColumns } from './featureColumns';
import type { Learned, Learner } from './learnerTypes';
import { NumberLearner } from './numberLearner';

/** Without standardisation, larger numbers cannot be computed with, and those beyond the second figure only badly. */
const largestUnscaled = 1e15;
const largeUnscaled = 1e6;
const smallUnscaled = 1e-6;

interface FitFeatureOptions {
  readonly scan: CellScan;
  /** All columns; those with role `feature` are used, but for those that blocks are made of. */
  readonly columns: readonly Column[];
  /** Vectors made of whole columns, see {@link isBlockColumn}; default none. */
  readonly blocks?: readonly FittedBlock[];
  /** 1 for each row to learn from (the labelled ones). */
  readonly labelledRows: Uint8Array;
  /** Centre and scale by the labelled rows' mean and population standard deviation. */
  readonly standardize: boolean;
  /** Which numbered columns get one scale together; default `auto`. */
  readonly scale?: AuditSettings['scale'];
  /** Add the constant 1 as the last feature. */
  readonly intercept: boolean;
  /** What the analyst says stands for missing. */
  readonly missing?: readonly string[];
  readonly signal?: CancellationSignal;
  readonly onRows?: (done: number, total: number) => void;
}

/**
 * Learns from the labelled rows how columns become features:
 * - number, integer: the value; missing, infinite and unreadable cells become the mean of labelled rows.
 * - boolean: 1 and 0; missing cells become the mean of labelled rows.
 * - date: days since 1970-01-01, otherwise as numbers.
 * - category: one 0/1 feature per value; rare values ({@link rareBelow}) and those beyond the 50 most frequent
 *   are pooled; missing cells are a value of their own.
 * Numbers, booleans and dates get a 0/1 feature "… is missing" when a labelled row misses them. Features that are
 * constant over the labelled rows are left out and said so; pictures are too. Columns that are one embedding get one
 * scale ({@link findEmbeddings}), and so does each block of vectors. One pass over the data, O(n · columns), and
 * another one over columns whose numbers differ in their last digits only.
 * @throws InputError when no column is a feature, or none varies, or numbers are too large to be used as they are.
 */
export async function fitFeaturePipeline(options: FitFeatureOptions): Promise<FeaturePipeline> {
  const { labelledRows, standardize, scale = 'auto', intercept } = options;
  const blocks = options.blocks ?? [];
  const columns = featureColumns(options.columns).filter(isCellColumn);
  const nothing = explainNoFeature(options.columns);
  if (nothing !== null) throw new InputError(nothing);
  const words = options.missing ?? [];
  const missing = words.length === 0 ? null : new Set(words.map((word) => word.trim()));
  const learners: Learner[] = columns.map((column) => makeLearner(column, missing));
  const seen = await learnFrom(columns, learners, options);
  if (seen === 0) throw new InputError('There are no labelled rows to learn features from.');
  if (standardize) await refine(columns, learners, options);
  const learned = learners.map((learner) => learner.learn(seen));
  const pipeline = assemble(columns, learned, blocks, { standardize, intercept }, standardize ? scale : 'columns');
  return words.length === 0 ? pipeline : { ...pipeline, missing: words };

  async function refine(all: readonly Column[], into: Learner[], scanned: FitFeatureOptions): Promise<void> {
    const again = into.flatMap((learner, k) => {
      const finer = learner instanceof NumberLearner ? learner.refine() : null;
      return finer === null ? [] : [{ k, finer }];
    });
    if (again.length === 0) return;
    await learnFrom(
      again.map(({ k }) => all[k]),
      again.map(({ finer }) => finer),
      { ...scanned, onRows: () => undefined, labelledRows },
    );
    for (const { k, finer } of again) into[k] = finer;
  }
}

/** Gives the cells of the labelled rows to the learners; returns how many rows these were. */
async function learnFrom(
  columns: readonly Column[],
  learners: readonly Learner[],
  { scan, labelledRows, signal, onRows }: FitFeatureOptions,
): Promise<number> {
  if (columns.length === 0) return labelledRows.reduce((sum, one) => sum + one, 0);
  const turn = createTurns(signal);
  let seen = 0;
  await scan(
    columns.map(({ index }) => index),
    async (block) => {
      for (const [k, learner] of learners.entries()) {
        learner.add(block, k, labelledRows);
        await turn();
      }
      const end = block.firstRow + block.rows;
      for (let row = block.firstRow; row < end; row++) seen += labelledRows[row] ?? 0;
      onRows?.(end, labelledRows.length);
    },
    signal,
  );
  return seen;
}

function makeLearner(column: CellColumn, missing: ReadonlySet<string> | null): Learner {
  const { name } = column;
  switch (column.type) {
    case 'number':
    case 'integer': {
      const style = styleOf(column);
      return new NumberLearner({
        name,
        missing,
        style,
        read: numberReader(style),
        encode: (fill, indicator, found) => ({ kind: 'number', ...(found ?? style), fill, indicator }),
      });
    }
    case 'boolean':
      return new NumberLearner({
        name,
        missing,
        style: null,
        read: parseBoolean,
        encode: (fill, indicator) => ({ kind: 'boolean', fill, indicator }),
      });
    case 'date': {
      const order: DateOrder = column.format === 'dmy' || column.format === 'mdy' ? column.format : 'ymd';
      return new NumberLearner({
        name,
        missing,
        style: null,
        read: (cell) => parseDate(cell, order),
        encode: (fill, indicator) => ({ kind: 'date', order, fill, indicator }),
      });
    }
    case 'category':
      return new CategoryLearner(name, missing);
  }
}

function assemble(
  columns: readonly Column[],
  learned: readonly Learned[],
  blocks: readonly FittedBlock[],
  options: { readonly standardize: boolean; readonly intercept: boolean },
  scaling: AuditSettings['scale'],
): FeaturePipeline {
  const features: Feature[] = [];
  const encoded: EncodedColumn[] = [];
  const dropped: { column: string; reason: string }[] = [];
  const constantParts: string[] = [];
  const { standardize } = options;
  const embeddings = findEmbeddings(columns, learned, scaling);
  const shared = new Map(embeddings.flatMap(({ places, scale }) => places.map((place) => [place, scale])));
  columns.forEach((column, k) => {
    const found = learned[k];
    const places = found.candidates.map(({ name, mean, scale: own }, part) => {
      if (!(own > 0)) return -1;
      const scale = (part === 0 ? shared.get(k) : undefined) ?? own;
      features.push({ name, column: column.name, centre: standardize ? mean : 0, scale: standardize ? scale : 1 });
      return features.length - 1;
    });
    const left = places.filter((place) => place >= 0).length;
    if (left === 0) dropped.push({ column: column.name, reason: found.constant });
    else encoded.push({ index: column.index, name: column.name, encoding: found.encoding, places });
    if (left > 0 && left < places.length) constantParts.push(column.name);
  });
  const constant = dropped.map(({ column }) => column);
  const laid: FeatureBlock[] = [];
  // Several blocks may say the same of one column.
  const drop = (column: string, reason: string): void => {
    if (!dropped.some((one) => one.column === column && one.reason === reason)) dropped.push({ column, reason });
  };
  for (const block of blocks) {
    if (block.kind === 'none') drop(nameBlock(block.columns), block.reason);
    else laid.push(layBlock(block, features, standardize));
  }
  if (features.length === 0) {
    const why =
      constant.length === dropped.length
        ? 'every feature column is constant in the labelled rows'
        : listed(dropped.map(({ column, reason }) => `${column} (${reason})`));
    throw new InputError(`No feature is left: ${why}. Choose other columns.`, {
      details: { columns: dropped.length },
    });
  }
  if (options.intercept) features.push({ name: 'intercept', column: null, centre: 0, scale: 1 });
  const cautions = standardize ? [] : describeUnscaled(columns, learned);
  cautions.push(...new Set(blocks.flatMap((block) => block.cautions)));
  const notes: string[] = standardize ? refinedNotes(encoded) : [];
  notes.push(...embeddings.map(describeEmbedding));
  notes.push(...new Set(blocks.flatMap((block) => (block.kind === 'none' ? [] : block.notes))));
  if (constant.length > 0) {
    notes.push(
      `${constant.length === 1 ? 'One column is' : `${constant.length} columns are`} constant in the labelled rows and left out: ${listed(constant)}.`,
    );
  }
  const counted = (key: 'filled' | 'pooled'): string[] =>
    columns.flatMap(({ name }, k) => {
      const count = learned[k]?.[key] ?? 0;
      return count > 0 ? [`${name} (${formatCount(count)})`] : [];
    });
  const filled = counted('filled');
  if (filled.length > 0)
    notes.push(`Missing cells of labelled rows are filled with the mean, and marked: ${listed(filled)}.`);
  const pooled = counted('pooled');
  if (pooled.length > 0) notes.push(`Values with few rows are pooled as "other": ${listed(pooled)}.`);
  if (constantParts.length > 0) notes.push(`Constant parts of ${listed(constantParts)} are left out.`);
  const told = embeddings.map(({ places: _places, ...embedding }) => embedding);
  return {
    version: 1,
    ...options,
    columns: encoded,
    features,
    ...(laid.length === 0 ? {} : { blocks: laid }),
    ...(told.length === 0 ? {} : { embeddings: told }),
    dropped,
    notes,
    cautions,
  };
}

/** Columns of which only differences from one of their cells are used. */
function refinedNotes(encoded: readonly EncodedColumn[]): string[] {
  return encoded.flatMap(({ name, encoding }) =>
    encoding.kind === 'number' && encoding.origin !== undefined
      ? [
          `The numbers of ${name} differ in their last digits only: their differences from “${encoding.origin}” are used.`,
        ]
      : [],
  );
}

/** @throws InputError for numbers that are too large to be used as they are. */
function describeUnscaled(columns: readonly Column[], learned: readonly Learned[]): string[] {
  const sizes = columns.map(({ name, type, range }, k) => ({ name, type, range, size: learned[k].size }));
  const numbers = sizes.filter(({ type, size }) => (type === 'number' || type === 'integer') && size > 0);
  const tooLarge = numbers.find(({ size }) => size > largestUnscaled);
  const cell = ({ range, size }: (typeof numbers)[number]): string => `“${range?.[1] ?? String(size)}”`;
  if (tooLarge !== undefined) {
    throw new InputError(
      `The numbers of ${tooLarge.name} are too large to be used without standardisation (up to ${cell(tooLarge)}). Let numbers be standardised, or ignore the column.`,
      { details: { column: tooLarge.name } },
    );
  }
  const notes: string[] = [];
  for (const number of numbers) {
    if (number.size > largeUnscaled) {
      notes.push(
        `The numbers of ${number.name} are large (up to ${cell(number)}) and not standardised: they outweigh the other features, and the fit is rough.`,
      );
    } else if (number.size < smallUnscaled) {
      notes.push(
        `The numbers of ${number.name} are small (up to ${cell(number)}) and not standardised: λ keeps the model from using them.`,
      );
    }
  }
  return notes;
}
