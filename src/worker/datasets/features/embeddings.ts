import type { AuditSettings } from '../../../contract/audit';
import type { Column } from '../../../contract/dataset';
import { formatCount } from '../../../core/base/format';
import type { Embedding } from '../datasetTypes';
import type { Learned } from './learnerTypes';
import { fewestNumbered, findNumberedColumns } from './numberedColumns';

/** Spearman's correlation of spread and number from which numbered columns are principal axes. */
const falling = -0.9;
/** Share of principal axes that have numbers on both sides of 0; the first of a truncated SVD often has not. */
const mostAxes = 0.9;

/** Numbered columns that get one scale. */
interface FoundEmbedding extends Embedding {
  /** Places in the list of columns. */
  readonly places: readonly number[];
}

/**
 * The blocks of numbered columns that are divided by one scale: the root mean square of their standard deviations over
 * the rows learnt from. `auto`: those whose standard deviation falls with their number and that lie about 0, as
 * principal axes and truncated SVD do; the spread of pixels, bands and measurements does not fall, counts of words in
 * the order of their frequency are never negative, and the axes of networks are alike anyway. `blocks`: all of them.
 * `columns`: none. Constant columns do not count. O(d log d).
 */
export function findEmbeddings(
  columns: readonly Column[],
  learned: readonly Learned[],
  way: AuditSettings['scale'],
): readonly FoundEmbedding[] {
  if (way === 'columns') return [];
  return findNumberedColumns(columns).flatMap((block) => {
    const places = block.filter((place) => learned[place].candidates[0].scale > 0);
    // Numbers that had to be multiplied by a power of two each have a unit of their own.
    const comparable = places.every((place) => {
      const { encoding } = learned[place];
      return encoding.kind === 'number' && encoding.factor === undefined;
    });
    if (places.length < fewestNumbered || !comparable) return [];
    const spreads = places.map((place) => learned[place].candidates[0].scale);
    if (way === 'auto') {
      const aboutZero = places.filter((place) => learned[place].signs).length;
      if (aboutZero < mostAxes * places.length || rankCorrelation(spreads) > falling) return [];
    }
    const [first, last] = [places[0], places[places.length - 1]].map((place) => columns[place].name);
    return [{ first, last, columns: places.length, scale: rootMeanSquare(spreads), places }];
  });
}

/** In words, for the notes of an audit. */
export function describeEmbedding({ first, last, columns }: Embedding): string {
  return `${formatCount(columns)} columns, ${first} … ${last}, are taken as one embedding: one scale for all, so that wide ones weigh more than narrow ones.`;
}

/** Of positive numbers of any size. */
function rootMeanSquare(values: readonly number[]): number {
  const largest = values.reduce((most, value) => Math.max(most, value), 0);
  return largest * Math.sqrt(values.reduce((sum, value) => sum + (value / largest) ** 2, 0) / values.length);
}

/** Spearman's ρ of the values with their order; equal ones share their mean rank. 0 where all are equal. */
export function rankCorrelation(values: readonly number[]): number {
  const count = values.length;
  const order = [...values.keys()].sort((a, b) => values[a] - values[b]);
  const rank = new Float64Array(count);
  for (let start = 0, end = 0; start < count; start = end) {
    while (end < count && values[order[end]] === values[order[start]]) end++;
    for (let k = start; k < end; k++) rank[order[k]] = (start + end - 1) / 2;
  }
  const middle = (count - 1) / 2;
  let product = 0;
  let squares = 0;
  for (let k = 0; k < count; k++) {
    product += (k - middle) * (rank[k] - middle);
    squares += (rank[k] - middle) ** 2;
  }
  return squares === 0 ? 0 : product / Math.sqrt(squares * ((count * (count * count - 1)) / 12));
}
