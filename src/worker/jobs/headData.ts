import type { AuditSettings } from '../../contract/audit';
import type { Column } from '../../contract/dataset';
import { splitCodes } from '../../core/audit/auditTypes';
import { InputError } from '../../core/base/errors';
import type { CancellationSignal } from '../../core/base/jobContext';
import { createRandom } from '../../core/base/random';
import { headKindFor } from '../../core/models/headKind';
import type { ComputeHeadInput } from '../compute/messages';
import { applyFeaturePipeline, createSharedMatrix, fillMatrix } from '../datasets/applyFeaturePipeline';
import { isMissing, parseNumber } from '../datasets/cells';
import type { ColumnScan, NumberFormat } from '../datasets/datasetTypes';
import { fitFeaturePipeline } from '../datasets/fitFeaturePipeline';
import { readSplitColumn } from '../datasets/splits';
import type { AuditDraft } from '../store/auditDraft';
import type { ProjectStoreApi } from '../store/projectStoreApi';
import { buildAuditData } from './auditData';

/** Settings of a head that is fitted to be studied: those of an audit, and the ridge head besides. */
export type HeadSettings = Omit<AuditSettings, 'head'> & { readonly head: AuditSettings['head'] | 'ridge' };

export interface HeadDataOptions {
  /** Holds the features while they are computed with. */
  readonly draft: AuditDraft;
  readonly matrixBytes: number;
  readonly signal: CancellationSignal;
  readonly progress: (done: number, total: number) => void;
}

/** A head's input with what rows and classes are called. */
export interface HeadData {
  readonly input: ComputeHeadInput;
  /** Rows of the dataset itself; those of a validation file come after them. */
  readonly rows: number;
  /** Empty for the ridge head. */
  readonly classes: readonly string[];
}

/** @throws InputError when labels, features or split do not allow it. */
export async function buildHeadData(
  store: ProjectStoreApi,
  settings: HeadSettings,
  options: HeadDataOptions,
): Promise<HeadData> {
  const { head } = settings;
  if (head === 'ridge') return buildRidgeData(store, settings, options);
  const data = await buildAuditData(store, { ...settings, head }, options);
  const { classes } = data.labels;
  if (head === 'logistic' && classes.length !== 2) {
    throw new InputError(`A logistic head needs two classes, and there are ${classes.length}. Use softmax.`);
  }
  return {
    input: {
      features: data.features,
      labels: data.labels.codes,
      classes: classes.length,
      split: data.split,
      unpenalised: data.pipeline.intercept ? [data.features.columns - 1] : [],
      kind: head === 'auto' ? headKindFor(classes.length) : head,
      l2: settings.l2,
    },
    rows: data.rows,
    classes,
  };
}

/** The label as numbers. Features are held in memory. */
async function buildRidgeData(
  store: ProjectStoreApi,
  settings: HeadSettings,
  { signal, progress }: HeadDataOptions,
): Promise<HeadData> {
  const { source, validationSource, columns } = store;
  if (source === null) throw new InputError('The file is still being read. Wait until it is.');
  const label = columns.find(({ role }) => role === 'label');
  if (label === undefined) throw new InputError('No column is the label. Give one column the role “label”.');
  const rows = source.rowCount;
  const useFile = validationSource !== null && settings.validation === 'auto';
  const extra = useFile ? validationSource.rowCount : 0;
  const labels = new Float64Array(rows + extra).fill(Number.NaN);
  labels.set(await readResponses(store.scan, label, rows, signal));
  if (useFile) labels.set(await readResponses(store.scanValidation, label, extra, signal), rows);
  const split = new Uint8Array(rows + extra).fill(splitCodes.validation);
  split.set(await chooseSplit(store, settings, labels.subarray(0, rows), useFile, signal));
  const trainRows = Uint8Array.from({ length: rows }, (_, row) =>
    !Number.isNaN(labels[row]) && split[row] === splitCodes.train ? 1 : 0,
  );
  const total = 2 * rows + extra;
  const pipeline = await fitFeaturePipeline({
    scan: store.scan,
    columns,
    trainRows,
    standardize: settings.standardize,
    intercept: settings.intercept,
    signal,
    onRows: (done) => progress(done, total),
  });
  const features = createSharedMatrix(rows + extra, pipeline.features.length);
  await applyFeaturePipeline(pipeline, {
    scan: store.scan,
    take: fillMatrix(features),
    signal,
    onRows: (done) => progress(rows + done, total),
  });
  if (useFile) {
    await applyFeaturePipeline(pipeline, {
      scan: store.scanValidation,
      take: fillMatrix(features, rows),
      signal,
      onRows: (done) => progress(2 * rows + done, total),
    });
  }
  return {
    input: {
      features,
      labels,
      classes: 0,
      split,
      unpenalised: pipeline.intercept ? [features.columns - 1] : [],
      kind: 'ridge',
      l2: settings.l2,
    },
    rows,
    classes: [],
  };
}

/**
 * The label column as numbers, NaN where a cell is missing. Decimal points or commas, whichever reads more of the cells.
 * @throws InputError naming the first cell that is no number.
 */
export async function readResponses(
  scan: ColumnScan,
  column: Pick<Column, 'index' | 'name'>,
  rowCount: number,
  signal?: CancellationSignal,
): Promise<Float64Array> {
  const formats: readonly NumberFormat[] = ['point', 'comma'];
  const read = formats.map(() => new Float64Array(rowCount).fill(Number.NaN));
  const failed = formats.map(() => ({ count: 0, row: -1, cell: '' }));
  await scan(
    [column.index],
    (firstRow, [cells = []]) => {
      cells.forEach((cell, k) => {
        if (isMissing(cell)) return;
        formats.forEach((format, f) => {
          const value = parseNumber(cell, format);
          read[f][firstRow + k] = value;
          if (Number.isFinite(value)) return;
          if (failed[f].count++ === 0) failed[f] = { count: 1, row: firstRow + k, cell: cell.trim() };
        });
      });
    },
    signal,
  );
  const best = failed[1].count < failed[0].count ? 1 : 0;
  const { count, row, cell } = failed[best];
  if (count > 0) {
    throw new InputError(
      `A ridge head needs a numeric label; row ${row} of column "${column.name}" says "${cell}"${count > 1 ? `, and ${count - 1} more rows are no numbers` : ''}. ` +
        'Choose another label or another head.',
      { details: { row, column: column.name } },
    );
  }
  if (read[best].every(Number.isNaN)) {
    throw new InputError(`Every label in column "${column.name}" is blank. Choose another label column.`);
  }
  return read[best];
}

/** `stratified` draws from all labelled rows alike: numbers have no classes. */
async function chooseSplit(
  store: ProjectStoreApi,
  settings: HeadSettings,
  labels: Float64Array,
  hasFile: boolean,
  signal: CancellationSignal,
): Promise<Uint8Array> {
  const column = store.columns.find(({ role }) => role === 'split');
  const everythingTrains = new Uint8Array(labels.length).fill(splitCodes.train);
  if (settings.validation === 'none' || hasFile) return everythingTrains;
  if (settings.validation === 'column' || (settings.validation === 'auto' && column !== undefined)) {
    if (column === undefined) {
      throw new InputError('No column has the role “split”. Choose one, or another way to validate.');
    }
    return readSplitColumn(store.scan, column, labels.length, signal);
  }
  const labelled = Int32Array.from(labels.keys()).filter((row) => !Number.isNaN(labels[row]));
  createRandom(settings.seed).shuffle(labelled);
  const drawn = Math.min(Math.round(settings.validationShare * labelled.length), labelled.length - 1);
  for (const row of labelled.subarray(0, drawn)) everythingTrains[row] = splitCodes.validation;
  return everythingTrains;
}
