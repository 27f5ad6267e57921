import type { Column } from '../../../contract/dataset';
import type { Filter } from '../../../contract/review';
import { InputError, StorageError } from '../../../core/base/errors';
import { longestMarker, missingMarkers, numberMarkers } from '../../datasets/cells/cells';
import { cellExpression } from '../tables/cellTable';
import { Bindings } from './bindings';
import { readCellNumbers } from './cellNumbers';
import { readCellValues } from './cellValues';
import type { ReviewTables } from './reviewTables';
import { maskOfRange, readMask, type RowMask } from './rowMask';

type CellFilter = Extract<Filter, { kind: 'cells' | 'cell-range' | 'cell-text' | 'cell-missing' }>;

/** What JavaScript's trim() takes off. */
const blanks =
  '\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff';

/** @throws InputError where the data has no such column. */
export function columnOf({ columns }: ReviewTables, index: number): Column {
  const column = columns[index];
  if (column === undefined) {
    throw new InputError(`There is no column ${index + 1}: the data has ${columns.length}. Take this filter away.`);
  }
  return column;
}

/** The rows that a filter over a column of the data lets through, not inverted. Kept. */
export async function readCellMask(tables: ReviewTables, filter: CellFilter): Promise<RowMask> {
  const column = columnOf(tables, filter.column);
  if (filter.kind === 'cell-range') return maskOfRange(await readCellNumbers(tables, column), filter.min, filter.max);
  // Whether it is inverted is no part of what is kept.
  const key = `${tables.source.name} ${JSON.stringify({ ...filter, inverted: undefined })}`;
  return tables.kept.array(key, () => readUnkept(tables, column, filter));
}

async function readUnkept(
  tables: ReviewTables,
  column: Column,
  filter: Exclude<CellFilter, { kind: 'cell-range' }>,
): Promise<RowMask> {
  const bindings = new Bindings();
  const cell = cellExpression(tables.source, column.index);
  const read = (where: string): Promise<RowMask> =>
    readMask(tables.database, tables.rowCount, { from: tables.source.name, where, values: bindings.values });
  switch (filter.kind) {
    case 'cell-missing':
      return read(missingCondition(cell, isOfNumbers(column), tables.saidMissing, bindings));
    case 'cells':
      return (await maskOfValues(tables, column, filter)) ?? read(valuesCondition(tables, cell, filter, bindings));
    case 'cell-text':
      await checkExpression(tables, filter);
      return read(textCondition(cell, filter, bindings));
  }
}

/** By the codes of the column's values, where they are few: no cell is read again. */
async function maskOfValues(
  tables: ReviewTables,
  column: Column,
  { values }: Extract<CellFilter, { kind: 'cells' }>,
): Promise<RowMask | undefined> {
  if (column.distinct === null || values.some((value) => typeof value !== 'string')) return undefined;
  const { codes, texts } = await readCellValues(tables, column);
  if (texts === null) return undefined;
  const wanted = Uint8Array.from(texts, (text) => Number(values.includes(text)));
  return Uint8Array.from(codes, (code) => wanted[code]);
}

function valuesCondition(
  tables: ReviewTables,
  cell: string,
  { values }: Extract<CellFilter, { kind: 'cells' }>,
  bindings: Bindings,
): string {
  const texts = values.flatMap((value) => (typeof value === 'string' ? [bindings.add(value)] : []));
  const rows = values.flatMap((value) => (typeof value === 'string' ? [] : [value.row]));
  const parts = [
    ...(texts.length === 0 ? [] : [`${cell} IN (${texts.join(', ')})`]),
    ...(rows.length === 0
      ? []
      : [`${cell} IN (SELECT ${cell} FROM ${tables.source.name} WHERE row_no IN (${rows.join(', ')}))`]),
  ];
  return parts.join(' OR ');
}

/** As `isMissing` of cells.ts has it, the markers of numbers where these are meant, and what was said of the file. */
function missingCondition(cell: string, ofNumbers: boolean, said: ReadonlySet<string>, bindings: Bindings): string {
  const trimmed = `trim(${cell}, ${bindings.add(blanks)})`;
  const markers = [...missingMarkers, ...(ofNumbers ? numberMarkers : [])].filter((marker) => marker !== '');
  const known = markers.map((marker) => bindings.add(marker)).join(', ');
  const words = [...said].map((word) => bindings.add(word)).join(', ');
  // No marker begins with a digit but those with #: most cells of numbers are told without trimming them.
  const perhaps = `(${cell} < '0' OR ${cell} >= ':' OR contains(${cell}, '#'))`;
  return [
    `(${perhaps} AND (${trimmed} = '' OR (length(${cell}) <= ${longestMarker} AND lower(${trimmed}) IN (${known}))))`,
    ...(words === '' ? [] : [`${trimmed} IN (${words})`]),
  ].join(' OR ');
}

export function isOfNumbers({ type }: Column): boolean {
  return type === 'number' || type === 'integer' || type === 'date';
}

function textCondition(
  cell: string,
  { match, text }: Extract<CellFilter, { kind: 'cell-text' }>,
  bindings: Bindings,
): string {
  if (match === 'expression') return `regexp_matches(${cell}, ${bindings.add(`(?i)${text}`)})`;
  const found = containsText(cell, bindings.add(text));
  if (match === 'contains') return found;
  const edge = '[^\\pL\\pN_]';
  // Cells that do not contain it are told without an expression.
  const word = `'(^|${edge})' || regexp_escape(lower(${bindings.add(text)})) || '(${edge}|$)'`;
  return `${found} AND regexp_matches(lower(${cell}), ${word})`;
}

/** SQL: whether a text contains another, case ignored. */
export function containsText(text: string, wanted: string): string {
  return `contains(lower(${text}), lower(${wanted}))`;
}

/** @throws InputError where RE2 cannot read it, with what it says. */
async function checkExpression(
  { database }: ReviewTables,
  { match, text }: Extract<CellFilter, { kind: 'cell-text' }>,
): Promise<void> {
  if (match !== 'expression') return;
  await database.rows("SELECT regexp_matches('', $1)", [`(?i)${text}`]).catch((error: unknown) => {
    if (!(error instanceof StorageError)) throw error;
    const cause = error.cause instanceof Error ? error.cause.message.replace(/^[^:]*Error: /, '') : '';
    throw new InputError(`“${text}” cannot be read as a regular expression${cause === '' ? '' : `: ${cause}`}.`, {
      cause: error,
    });
  });
}
