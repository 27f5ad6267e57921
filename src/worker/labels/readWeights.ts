import type { Column } from '../../contract/dataset';
import { InputError } from '../../core/base/errors';
import { formatPlural } from '../../core/base/format';
import { listed } from '../../core/base/listed';
import type { CancellationSignal } from '../../core/job/jobContext';
import { isMissing } from '../datasets/cells/cells';
import { quoteCell } from '../datasets/cells/cellText';
import { numberReader, styleOf } from '../datasets/cells/numberStyle';
import type { ColumnScan } from '../datasets/datasetTypes';

/** Weights of rows that came with the data. */
export interface RowWeights {
  /**
   * n: ≥ 0, with a mean of 1 over the labelled rows that have any, as only their ratios tell. Undefined where all rows
   * weigh the same.
   */
  readonly weights: Float64Array | undefined;
  /** What was made of them, for people. */
  readonly notes: readonly string[];
  /** What is wrong with some, for people. */
  readonly warnings: readonly string[];
}

interface WeightSources {
  readonly columns: readonly Column[];
  /** Of the dataset, and of a validation file, whose rows come behind. */
  readonly parts: readonly { readonly scan: ColumnScan; readonly rows: number }[];
  /** Of all rows: what is wrong with the weights of others is no matter. */
  readonly isLabelled: (row: number) => boolean;
  readonly signal?: CancellationSignal;
}

/** Why a cell is no weight. */
type Fault = 'blank' | 'negative' | 'no finite number';

interface Found {
  count: number;
  row: number;
  cell: string;
}

/**
 * Reads the column with the role `weight`. A labelled row whose cell is missing, negative or no finite number weighs 0,
 * which is said. One pass over this column.
 * @throws InputError where no labelled row weighs anything.
 */
export async function readWeights({ columns, parts, isLabelled, signal }: WeightSources): Promise<RowWeights> {
  const column = columns.find(({ role }) => role === 'weight');
  if (column === undefined) return { weights: undefined, notes: [], warnings: [] };
  const name = `“${column.name}”`;
  const read = numberReader(styleOf(column));
  const weights = new Float64Array(parts.reduce((sum, { rows }) => sum + rows, 0));
  const faults = new Map<Fault, Found>();
  const warnings: string[] = [];
  let offset = 0;
  for (const [place, { scan, rows }] of parts.entries()) {
    const own = weights.subarray(offset, offset + rows);
    const ownFaults = new Map<Fault, Found>();
    const start = offset;
    let filled = 0;
    await scan(
      [column.index],
      (firstRow, [cells = []]) => {
        cells.forEach((cell, k) => {
          const fault = faultOf(cell, read);
          if (fault !== 'blank') filled++;
          if (fault === null) own[firstRow + k] = read(cell);
          else if (isLabelled(start + firstRow + k)) note(ownFaults, fault, start + firstRow + k, cell);
        });
      },
      signal,
    );
    if (place > 0 && filled === 0) {
      own.fill(meanWeight(weights.subarray(0, start), isLabelled));
      warnings.push(`The validation file was read without weights (${name}): its rows count alike.`);
    } else {
      for (const [fault, { count, row, cell }] of ownFaults) note(faults, fault, row, cell, count);
    }
    offset += rows;
  }
  const mean = meanWeight(weights, isLabelled);
  if (!(mean > 0)) {
    throw new InputError(
      `No labelled row has a weight above 0 in the column ${name}. Give the role “weight” to another column, or “ignore” to this one.`,
    );
  }
  const labelled = weights.filter((_, row) => isLabelled(row));
  const [low, high] = labelled.reduce(([a, b], w) => [Math.min(a, w), Math.max(b, w)], [Infinity, -Infinity]);
  if (low === high) return { weights: undefined, notes: [`All rows weigh the same (${name}).`], warnings };
  const zeros = labelled.reduce((count, w) => count + (w === 0 ? 1 : 0), 0);
  return {
    weights: weights.map((weight) => weight / mean),
    notes: [
      `Rows count by their weights (${name}, ${low} to ${high}) in the fit, in what removing them does and in all means; ` +
        'of the experts that judge labels the head alone knows of them.',
    ],
    warnings: [...warnings, ...describeFaults(faults, name), ...describeZeros(zeros)],
  };
}

/** null: the cell is a weight. */
function faultOf(cell: string, read: (cell: string) => number): Fault | null {
  if (isMissing(cell)) return 'blank';
  const weight = read(cell);
  if (Number.isNaN(weight)) return 'no finite number';
  return weight < 0 ? 'negative' : null;
}

function note(faults: Map<Fault, Found>, fault: Fault, row: number, cell: string, count = 1): void {
  const known = faults.get(fault);
  if (known === undefined) faults.set(fault, { count, row, cell });
  else known.count += count;
}

/** Of the labelled rows that weigh anything. */
function meanWeight(weights: Float64Array, isLabelled: (row: number) => boolean): number {
  let sum = 0;
  let count = 0;
  weights.forEach((weight, row) => {
    if (weight === 0 || !isLabelled(row)) return;
    sum += weight;
    count++;
  });
  return sum / count;
}

function describeFaults(faults: ReadonlyMap<Fault, Found>, name: string): string[] {
  if (faults.size === 0) return [];
  const total = [...faults.values()].reduce((sum, { count }) => sum + count, 0);
  const each = [...faults].map(([fault, { count, row, cell }]) => {
    const shown = fault === 'blank' ? '' : `, ${quoteCell(cell)}`;
    return `${count} ${fault} (${count === 1 ? '' : 'the first is '}row ${row}${shown})`;
  });
  return [
    `The weights in ${name} of ${formatPlural(total, 'labelled row')} are no weights, and count as 0: ${listed(each)}.`,
  ];
}

function describeZeros(zeros: number): string[] {
  if (zeros === 0) return [];
  return [
    `${formatPlural(zeros, 'labelled row weighs', 'labelled rows weigh')} 0: no head learns from ${zeros === 1 ? 'it' : 'them'} and nothing is measured on ${zeros === 1 ? 'it' : 'them'}; ${zeros === 1 ? 'its label is' : 'their labels are'} judged all the same.`,
  ];
}
