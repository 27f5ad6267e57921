import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Matrix } from '../../src/core/base/matrix';

export const goldenNames = ['breast_cancer', 'wine', 'digits10', 'digits38_rff'] as const;
export type GoldenName = (typeof goldenNames)[number];

/** What the reference implementation predicted, or measured by retraining, for one removal set. */
export interface GoldenPrediction {
  readonly dw_norm: number;
  readonly dw_first5: readonly number[];
  readonly logit_t: readonly number[];
  readonly sum_logit: number;
  readonly test_loss_linear: number;
  readonly test_loss_exact: number;
  readonly train_loss_linear: number;
  readonly train_loss_exact: number;
}

export interface GoldenGroup {
  readonly kind: string;
  readonly fraction: number;
  readonly size: number;
  readonly rows: readonly number[];
  readonly IF: GoldenPrediction;
  readonly RIF: GoldenPrediction;
  readonly NS: GoldenPrediction;
  readonly actual: GoldenPrediction;
}

/** The parts of golden/NAME.json that the tests read. */
export interface GoldenNumbers {
  readonly kind: 'binary' | 'softmax';
  readonly n: number;
  readonly d: number;
  readonly C: number;
  readonly lam: number;
  readonly weights: readonly number[] | readonly (readonly number[])[];
  readonly effective_dof: number;
  readonly max_leverage: number;
  readonly cond_H: number;
  readonly param_rows: {
    readonly rows: readonly number[];
    readonly IF: readonly (readonly number[])[];
    readonly RIF: readonly (readonly number[])[];
    readonly exact_loo: readonly (readonly number[])[];
  };
  readonly groups: readonly GoldenGroup[];
}

export interface LabelledRows {
  readonly features: Matrix;
  readonly labels: Int32Array;
}

export interface Golden {
  readonly numbers: GoldenNumbers;
  readonly train: LabelledRows;
  readonly test: LabelledRows;
  /** Columns of NAME.rows.csv by name. */
  readonly columns: ReadonlyMap<string, Float64Array>;
}

const folder = join(__dirname, 'data');

function readTable(file: string): {
  readonly header: readonly string[];
  readonly rows: readonly (readonly number[])[];
} {
  const [header, ...lines] = readFileSync(join(folder, file), 'utf8').trim().split(/\r?\n/);
  return { header: header.split(','), rows: lines.map((line) => line.split(',').map(Number)) };
}

/** The last column is the label. */
export function readLabelledRows(file: string): LabelledRows {
  const { header, rows } = readTable(file);
  const d = header.length - 1;
  const data = new Float64Array(rows.length * d);
  rows.forEach((row, i) => data.set(row.slice(0, d), i * d));
  return { features: { rows: rows.length, columns: d, data }, labels: Int32Array.from(rows, (row) => row[d]) };
}

export function readGolden(name: GoldenName): Golden {
  const table = readTable(`${name}.rows.csv`);
  return {
    // The reference implementation wrote the file, which is part of this repository: its shape is fixed.
    numbers: JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as GoldenNumbers,
    train: readLabelledRows(`${name}.train.csv`),
    test: readLabelledRows(`${name}.test.csv`),
    columns: new Map(table.header.map((column, at) => [column, Float64Array.from(table.rows, (row) => row[at])])),
  };
}
