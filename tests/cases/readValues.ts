import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Column, type Dialect, plainDialect, type RowIssue } from '../../src/contract/dataset';
import { CellBlock } from '../../src/worker/datasets/cells/cellBlock';
import type { CellScan, FeaturePipeline } from '../../src/worker/datasets/datasetTypes';
import { applyFeaturePipeline } from '../../src/worker/datasets/features/applyFeaturePipeline';
import { fitFeaturePipeline } from '../../src/worker/datasets/features/fitFeaturePipeline';
import { inspectCsv } from '../../src/worker/datasets/inspectCsv';
import type { Note } from '../../src/worker/datasets/note';
import { readCsv } from '../../src/worker/datasets/readCsv';

export interface ReadValues {
  readonly columns: readonly Column[];
  readonly notes: readonly Note[];
  readonly issues: readonly RowIssue[];
  readonly pipeline: FeaturePipeline;
  /** The features of each row. */
  readonly features: readonly (readonly number[])[];
  column(name: string): Column;
  /** Mean of the column's numbers over all rows, as the pipeline has it. */
  mean(name: string): number;
  /** Notes and the pipeline's notes in one text. */
  readonly told: string;
}

export const casePath = (name: string): string => resolve(__dirname, 'data', name);

/** A delimited file read, its columns guessed, and made into features, with every row a labelled row. */
export async function readValues(path: string, dialect: Partial<Dialect> = {}): Promise<ReadValues> {
  const inspection = await inspectCsv(path, { dialect });
  const cells: string[][] = [];
  const issues: RowIssue[] = [];
  const result = await readCsv(path, {
    dialect: inspection.dialect,
    onBlock: (block) => {
      cells.push(...block.cells.map((row) => [...row]));
      issues.push(...block.issues);
    },
  });
  const scan: CellScan = async (indices, onBlock) => {
    await onBlock(
      CellBlock.ofColumns(
        0,
        indices.map((index) => cells.map((row) => row[index])),
      ),
    );
  };
  const pipeline = await fitFeaturePipeline({
    scan,
    columns: result.columns,
    labelledRows: new Uint8Array(cells.length).fill(1),
    standardize: true,
    intercept: true,
    missing: result.dialect.missing,
  });
  const features: number[][] = [];
  const width = pipeline.features.length;
  await applyFeaturePipeline(pipeline, {
    scan,
    take: (block, _firstRow, count) => {
      for (let i = 0; i < count; i++) features.push([...block.subarray(i * width, (i + 1) * width)]);
    },
  });
  return {
    columns: result.columns,
    notes: result.notes,
    issues,
    pipeline,
    features,
    column: (name) => {
      const found = result.columns.find((column) => column.name === name);
      if (found === undefined) throw new Error(`no column ${name}`);
      return found;
    },
    mean: (name) => pipeline.features.find((feature) => feature.name === name)?.centre ?? NaN,
    told: [...result.notes.map(({ text }) => text), ...pipeline.notes].join('\n'),
  };
}

/**
 * The same of a table made here: a column of cells beside a number and a label, so that all features are one column's.
 */
export async function readColumn(
  cells: readonly string[],
  options: {
    readonly name?: string;
    readonly dialect?: Partial<Dialect>;
    readonly beside?: (row: number) => string;
  } = {},
): Promise<ReadValues> {
  const beside = options.beside ?? ((row: number) => (((row * 37) % 101) / 10).toFixed(1));
  const rows = cells.map((cell, row) => [cell, beside(row), row % 2 === 0 ? 'A' : 'B']);
  return readTable([options.name ?? 'dose', 'noise', 'label'], rows, options.dialect);
}

export async function readTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  dialect: Partial<Dialect> = {},
): Promise<ReadValues> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-values-'));
  try {
    const path = join(folder, 'data.csv');
    const quoted = (cell: string): string => `"${cell.replace(/"/g, '""')}"`;
    writeFileSync(path, [header, ...rows].map((row) => row.map(quoted).join(',')).join('\n') + '\n');
    return await readValues(path, { ...plainDialect, ...dialect });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `count` different numbers between 1 and 10 with three decimals, the same ones every time. */
export function someNumbers(count: number): number[] {
  return Array.from({ length: count }, (_, k) => Math.round(1000 * (1 + 9 * ((k * 0.61803398875) % 1))) / 1000);
}

export function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
