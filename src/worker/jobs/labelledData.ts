import type { AuditSettings } from '../../contract/audit';
import type { Column } from '../../contract/dataset';
import { InputError } from '../../core/base/errors';
import { splitCodes } from '../../core/base/splitCodes';
import type { CancellationSignal } from '../../core/job/jobContext';
import type { ColumnScan } from '../datasets/datasetTypes';
import { readSplitColumn } from '../datasets/splits';
import type { ProjectStore } from '../store/projectStore';
import type { SourceStore } from '../store/sources/sourceStore';

/** What labels and features are read from. */
export interface LabelledData {
  readonly label: Column;
  /** Of the dataset itself. */
  readonly rows: number;
  /** Of a separate validation file, which come after them; 0 where none is used. */
  readonly validationRows: number;
}

/** The rows whose weights are read: those of a validation file after the dataset's own. */
export function weighedParts(
  { sources }: ProjectStore,
  { rows, validationRows }: LabelledData,
): { readonly scan: ColumnScan; readonly rows: number }[] {
  const own = { scan: sources.scan, rows };
  return validationRows > 0 ? [own, { scan: sources.scanValidation, rows: validationRows }] : [own];
}

type ValidationSettings = Pick<AuditSettings, 'validation'>;

/**
 * n: 1 for the validation rows where the settings say that they are labelled right; undefined where they do not.
 * @throws InputError when neither a file nor a column says which rows validate: a share of the data is no cleaner.
 */
export function findVouched(
  { columns }: Pick<SourceStore, 'columns'>,
  { validationRows }: Pick<LabelledData, 'validationRows'>,
  { validation, validationClean }: Pick<AuditSettings, 'validation' | 'validationClean'>,
  split: Uint8Array,
): Uint8Array | undefined {
  if (!validationClean) return undefined;
  const byColumn = validation === 'column' || (validation === 'auto' && columns.some(({ role }) => role === 'split'));
  if (validationRows === 0 && !byColumn) {
    throw new InputError(
      'The validation rows are said to be labelled right, and neither a validation file nor a split column says which rows these are. ' +
        'Name one of the two, or take back that they are right.',
    );
  }
  return split.map((code) => (code === splitCodes.validation ? 1 : 0));
}

/** @throws InputError while the file is still being read, or when no column is the label. */
export function findLabelledData(
  { sources: { source, validation: validationFile, columns } }: ProjectStore,
  { validation }: ValidationSettings,
): LabelledData {
  if (source === null) throw new InputError('The file is still being read. Wait until it is.');
  const label = columns.find((column) => column.role === 'label');
  if (label === undefined) throw new InputError('No column is the label. Give one column the role “label”.');
  // A validation file that was given is used unless the settings ask for another way of validating.
  const validationRows = validation === 'auto' ? (validationFile?.rowCount ?? 0) : 0;
  return { label, rows: source.rowCount, validationRows };
}

/**
 * One of `splitCodes` for each row, those of a validation file included. `draw` makes the split where no column and no
 * file says it.
 * @throws InputError when a column is asked for and there is none, or it has a word that is not known.
 */
export async function chooseSplit(
  { scan, columns }: Pick<SourceStore, 'scan' | 'columns'>,
  { rows, validationRows }: Pick<LabelledData, 'rows' | 'validationRows'>,
  { validation }: ValidationSettings,
  draw: () => Uint8Array,
  signal: CancellationSignal,
): Promise<Uint8Array> {
  const split = new Uint8Array(rows + validationRows).fill(splitCodes.validation);
  split.set(await splitOwnRows());
  return split;

  async function splitOwnRows(): Promise<Uint8Array> {
    const column = columns.find(({ role }) => role === 'split');
    if (validation === 'none' || validationRows > 0) return new Uint8Array(rows).fill(splitCodes.train);
    if (validation === 'stratified' || (validation === 'auto' && column === undefined)) return draw();
    if (column === undefined) {
      throw new InputError('No column has the role “split”. Choose one, or another way to validate.');
    }
    return readSplitColumn(scan, column, rows, signal);
  }
}
