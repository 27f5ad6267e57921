import type { AuditSettings } from '../../contract/audit';
import type { Column } from '../../contract/dataset';
import { formatPlural } from '../../core/base/format';
import { isMissing, isNumberMarker, parseBoolean, parseDate } from '../datasets/cells/cells';
import { numberReader, styleOf } from '../datasets/cells/numberStyle';
import type { ColumnScan } from '../datasets/datasetTypes';
import type { ProjectStore } from '../store/projectStore';
import type { RaggedRow } from '../store/sources/sourceRows';

/** Rows whose cells are looked at together. */
const rowsAtOnce = 1_000;

export interface SetAside {
  /** Rows that take no part, of the dataset itself. */
  readonly rows: ReadonlySet<number>;
  /** The same of a validation file. */
  readonly validationRows: ReadonlySet<number>;
  /** Rows that lack their last cells only and take part all the same. */
  readonly kept: number;
}

const nothingSetAside: SetAside = { rows: new Set(), validationRows: new Set(), kept: 0 };

/**
 * Rows with surplus or missing cells: what stands in their label's place may be another column's cell. Excepted are
 * those that lack their last cells only (spreadsheets drop blank ones), where the label is there, other rows have it
 * too, and every cell is what its column holds. Nothing is set aside where the settings say so.
 */
export async function findSetAside(
  store: ProjectStore,
  label: Column,
  settings: Pick<AuditSettings, 'ragged'>,
): Promise<SetAside> {
  if (settings.ragged === 'use') return nothingSetAside;
  const ragged = await store.sources.readRaggedRows('source');
  const ofValidation = await store.sources.readRaggedRows('validation');
  const validationRows = new Set(ofValidation.map(({ row }) => row));
  if (ragged.length === 0) return { ...nothingSetAside, validationRows };
  const rows = new Set(ragged.map(({ row }) => row));
  const short = ragged.filter(({ cells }) => cells > label.index && cells < store.sources.columns.length);
  if (short.length === 0) return { rows, validationRows, kept: 0 };
  const labels = await readWholeLabels(store.sources.scan, label, rows);
  const tests = store.sources.columns.map(cellTest);
  for (let start = 0; start < short.length; start += rowsAtOnce) {
    const part = short.slice(start, start + rowsAtOnce);
    const cells = await store.sources.readCells(part.map(({ row }) => row));
    part.forEach((found, k) => {
      const own = cells[k] ?? [];
      if (fits(own, found, tests) && labels.has((own[label.index] ?? '').trim())) rows.delete(found.row);
    });
  }
  return { rows, validationRows, kept: ragged.length - rows.size };
}

/** The same scan with the cells of some rows blank: they have no label, no split. */
export function blankRows(scan: ColumnScan, rows: ReadonlySet<number>): ColumnScan {
  if (rows.size === 0) return scan;
  return (columns, onBlock, signal) =>
    scan(
      columns,
      (firstRow, cells) =>
        onBlock(
          firstRow,
          cells.map((column) => column.map((cell, k) => (rows.has(firstRow + k) ? '' : cell))),
        ),
      signal,
    );
}

/** What is said of it in an audit; empty where nothing was set aside. */
export function describeSetAside({ rows, validationRows, kept }: SetAside): string[] {
  const said = (count: number, where: string): string[] =>
    count === 0
      ? []
      : [
          `${formatPlural(count, 'row')}${where} with surplus or missing cells ${count === 1 ? 'takes' : 'take'} no part in the fit and ${count === 1 ? 'is' : 'are'} not listed for removal: the label of a shifted row cannot be trusted. To use them as they are, say so (Damaged rows on the Audit screen, --ragged use on the command line).`,
        ];
  const short =
    kept === 0
      ? []
      : [
          `${formatPlural(kept, 'row lacks', 'rows lack')} only last cells; ${kept === 1 ? 'it takes' : 'they take'} part in the fit with those cells missing.`,
        ];
  return [...said(rows.size, ''), ...said(validationRows.size, ' of the validation file'), ...short];
}

function fits(
  cells: readonly string[],
  { cells: count }: RaggedRow,
  tests: readonly ((cell: string) => boolean)[],
): boolean {
  for (let c = 0; c < count; c++) if (tests[c]?.(cells[c] ?? '') === false) return false;
  return true;
}

/** Whether a cell is what its column holds. */
function cellTest(column: Column): (cell: string) => boolean {
  const isThere = (reads: (cell: string) => number) => (cell: string) =>
    isMissing(cell) || isNumberMarker(cell) || !Number.isNaN(reads(cell));
  switch (column.type) {
    case 'number':
    case 'integer':
      return isThere(numberReader(styleOf(column)));
    case 'boolean':
      return isThere(parseBoolean);
    case 'date': {
      const { format } = column;
      const order = format === 'dmy' || format === 'mdy' ? format : 'ymd';
      return isThere((cell) => parseDate(cell, order));
    }
    default:
      return () => true;
  }
}

async function readWholeLabels(scan: ColumnScan, label: Column, except: ReadonlySet<number>): Promise<Set<string>> {
  const labels = new Set<string>();
  await scan([label.index], (firstRow, [cells = []]) => {
    cells.forEach((cell, k) => {
      if (!except.has(firstRow + k)) labels.add(cell.trim());
    });
  });
  labels.delete('');
  return labels;
}
