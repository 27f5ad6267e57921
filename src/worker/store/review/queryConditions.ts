import type { Filter, Query } from '../../../contract/review';
import type { RowReview } from '../../../core/review/decisions';
import { cellExpression } from '../tables/cellTable';
import { Bindings } from './bindings';
import { containsText, readCellMask } from './cellConditions';
import { hasNumbers, type ReviewTables, splits } from './reviewTables';
import { everyOf, invert, maskOfRange, maskOfRows, readMask, type RowMask, someOf } from './rowMask';
import { readCodes, readScores } from './scoreColumns';

/**
 * The rows of a query: those of its queue that every filter and the text looked for let through. Each condition is read
 * from the tables once and kept; then it is a pass over as many bytes as there are rows. What decisions say is taken
 * from the review as it is now.
 */
export async function readQueryMask(tables: ReviewTables, query: Query): Promise<RowMask> {
  const masks = await Promise.all([
    ...(tables.rows === null ? [] : [maskOfRows(tables.rows, tables.rowCount)]),
    ...queueMasks(tables, query),
    ...query.filters.map((filter) => readFilterMask(tables, filter)),
    ...(query.search === '' ? [] : [readSearchMask(tables, query.search)]),
  ]);
  return everyOf(masks, tables.rowCount);
}

function queueMasks(tables: ReviewTables, { queue, threshold }: Query): (Promise<RowMask> | RowMask)[] {
  const suspects = async (): Promise<RowMask> => maskOfRange(await readScores(tables, 'suspicion'), threshold, null);
  switch (queue) {
    case 'pending':
      // Of the rows of a second pass each is to be decided.
      if (tables.rows !== null) return [invert(maskOfDecisions(tables, anyDecision))];
      return [maskOfCodes(tables, 'split', [0]), suspects(), invert(maskOfDecisions(tables, anyDecision))];
    case 'decided':
      return [maskOfDecisions(tables, (kind) => kind !== undefined && kind !== 'later')];
    case 'later':
      return [maskOfDecisions(tables, (kind) => kind === 'later')];
    case 'evaluation':
      return [maskOfCodes(tables, 'split', [1, 2]), suspects()];
    case 'all':
      return [];
  }
}

type DecisionKind = NonNullable<RowReview['decision']>['kind'] | undefined;
const anyDecision = (kind: DecisionKind): boolean => kind !== undefined;

/** Of rows with a decision or a note. O(n + rows that have one). */
function maskOfDecisions({ reviews, rowCount }: ReviewTables, is: (kind: DecisionKind) => boolean): RowMask {
  const mask = new Uint8Array(rowCount);
  for (const [row, { decision }] of reviews()) mask[row] = Number(is(decision?.kind));
  return mask;
}

async function maskOfCodes(
  tables: ReviewTables,
  column: 'split' | 'given' | 'suggested',
  codes: readonly number[],
): Promise<RowMask> {
  const found = await readCodes(tables, column);
  const mask = new Uint8Array(found.length);
  // −1 = none.
  const wanted = new Uint8Array(Math.max(0, ...codes.map((code) => code + 2)));
  for (const code of codes) wanted[code + 1] = 1;
  for (let row = 0; row < found.length; row++) mask[row] = wanted[found[row] + 1] ?? 0;
  return mask;
}

async function readFilterMask(tables: ReviewTables, filter: Filter): Promise<RowMask> {
  const mask = await readPlainMask(tables, filter);
  return filter.inverted === true ? invert(mask) : mask;
}

async function readPlainMask(tables: ReviewTables, filter: Filter): Promise<RowMask> {
  const { rowCount } = tables;
  switch (filter.kind) {
    case 'range':
      return maskOfRange(await readScores(tables, filter.column), filter.min, filter.max);
    case 'rows':
      return maskOfRows(filter.rows, rowCount);
    case 'list':
      return maskOfRows(await tables.readList(filter.list), rowCount);
    case 'in':
      return readWordMask(tables, filter);
    default:
      return readCellMask(tables, filter);
  }
}

async function readWordMask(tables: ReviewTables, filter: Extract<Filter, { kind: 'in' }>): Promise<RowMask> {
  const { values, column } = filter;
  const codes = (names: readonly string[]): number[] =>
    values.map((value) => names.indexOf(value)).filter((code) => code >= 0);
  switch (column) {
    case 'given_label':
      // '' asks for the rows without a label.
      if (hasNumbers(tables)) {
        if (!values.includes('')) return new Uint8Array(tables.rowCount);
        return invert(maskOfRange(await readScores(tables, 'given_value'), -Infinity, null));
      }
      return maskOfCodes(tables, 'given', [...codes(tables.classes), ...(values.includes('') ? [-1] : [])]);
    case 'suggested_label':
      return maskOfCodes(tables, 'suggested', codes(tables.classes));
    case 'split':
      return maskOfCodes(tables, 'split', codes(splits));
    case 'reasons':
      return readReasonMask(tables, codes(tables.reasonNames));
    case 'decision': {
      const mask = maskOfDecisions(tables, (kind) => kind !== undefined && values.includes(kind));
      return values.includes('undecided')
        ? someOf([mask, invert(maskOfDecisions(tables, anyDecision))], tables.rowCount)
        : mask;
    }
  }
}

/** Rows that have any of the reasons of these bits. */
async function readReasonMask(tables: ReviewTables, bits: readonly number[]): Promise<RowMask> {
  // A name given twice is one bit all the same.
  const wanted = [...new Set(bits)].reduce((sum, bit) => sum + 2 ** bit, 0);
  return tables.kept.array(`${tables.scores} reasons ${wanted}`, () =>
    readMask(tables.database, tables.rowCount, {
      from: tables.scores,
      where: `reasons & CAST(${wanted} AS UINTEGER) <> 0`,
      values: [],
    }),
  );
}

async function readSearchMask(tables: ReviewTables, search: string): Promise<RowMask> {
  const { reviews, rowCount, kept, source, scores } = tables;
  const found = await kept.array(`${scores} ${source.name} search ${search}`, () => readFoundMask(tables, search));
  const wanted = search.toLowerCase();
  const noted = new Uint8Array(rowCount);
  for (const [row, { decision, note }] of reviews()) {
    const label = decision?.kind === 'relabel' ? decision.label : '';
    noted[row] = Number(note.toLowerCase().includes(wanted) || label.toLowerCase().includes(wanted));
  }
  return someOf([found, noted], rowCount);
}

/** Rows with a text in what decisions do not change: id, labels, columns of texts. */
async function readFoundMask(tables: ReviewTables, search: string): Promise<RowMask> {
  const { database, rowCount, classes, source, idColumn, columns } = tables;
  const wanted = search.toLowerCase();
  const codes = classes.flatMap((label, code) => (label.toLowerCase().includes(wanted) ? [code] : []));
  const bindings = new Bindings();
  const text = bindings.add(search);
  const searched = columns.filter(({ type, index }) => type === 'text' || index === idColumn);
  const cells = [
    ...(idColumn === null ? [containsText('CAST(row_no AS VARCHAR)', text)] : []),
    ...searched.map(({ index }) => containsText(cellExpression(source, index), text)),
  ];
  return someOf(
    await Promise.all([
      readMask(database, rowCount, { from: source.name, where: cells.join(' OR '), values: bindings.values }),
      maskOfCodes(tables, 'given', codes),
      maskOfCodes(tables, 'suggested', codes),
      ...(hasNumbers(tables) ? [readNumberMask(tables, search)] : []),
    ]),
    rowCount,
  );
}

function readNumberMask({ database, rowCount, scores }: ReviewTables, search: string): Promise<RowMask> {
  return readMask(database, rowCount, {
    from: scores,
    where: containsText("coalesce(CAST(given_value AS VARCHAR), '')", '$1'),
    values: [search],
  });
}
