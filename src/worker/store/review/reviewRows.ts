import type { DuckDBValue } from '@duckdb/node-api';
import type { Pictures } from '../../../contract/dataset';
import type { ReviewRow } from '../../../contract/review';
import { mapScores, scoreColumns } from '../../../contract/scoreColumns';
import { BugError } from '../../../core/base/errors';
import type { Decision } from '../../../core/review/decisions';
import { parseNumber } from '../../datasets/cells/cells';
import { unlabelledSplit } from '../audits/auditTables';
import { readCells, rowFilter } from '../sources/sourceRows';
import { hasNumbers, hasReason, type ReviewTables, splits } from './reviewTables';
import { snippetOf } from './snippet';

const rowColumns = [
  'split',
  'rank',
  'given',
  'suggested',
  'suspicion',
  'reasons',
  ...scoreColumns.map(({ name }) => name),
] as const;
type RowColumn = (typeof rowColumns)[number];
/** Where each of them is in a row of the query. */
const places = Object.fromEntries(rowColumns.map((name, at) => [name, at])) as Readonly<Record<RowColumn, number>>;

/** Rows of the review table, in the order asked for; at most some thousand at a time. */
export async function readReviewRows(tables: ReviewTables, rows: readonly number[]): Promise<ReviewRow[]> {
  if (rows.length === 0) return [];
  const pixels = tables.pictures?.columns ?? [];
  const { idColumn, textColumn, keyColumns } = tables;
  const columns = [idColumn, textColumn, ...keyColumns, ...pixels].filter((index) => index !== null);
  const [scores, decisions, texts] = await Promise.all([
    tables.database.rows(`SELECT row_no, ${rowColumns.join(', ')} FROM ${tables.scores} WHERE ${rowFilter(rows)}`),
    tables.database.rows(`SELECT row_no, kind, label, note FROM ${tables.decisions} WHERE ${rowFilter(rows)}`),
    columns.length === 0 ? [] : readCells(tables.database, tables.source, rows, columns),
  ]);
  const scoresOf = byRow(scores);
  const decisionOf = byRow(decisions);
  return rows.map((row, at) => {
    const score = scoresOf.get(row);
    if (score === undefined) throw new BugError(`There is no row ${row} in the audit.`);
    return reviewRow(tables, row, score, decisionOf.get(row), texts[at] ?? []);
  });
}

function byRow(rows: readonly DuckDBValue[][]): Map<number, DuckDBValue[]> {
  return new Map(rows.map(([row, ...values]) => [Number(row), values]));
}

function reviewRow(
  tables: ReviewTables,
  row: number,
  score: readonly DuckDBValue[],
  decision: readonly DuckDBValue[] | undefined,
  texts: readonly string[],
): ReviewRow {
  const number = (name: RowColumn): number | null => {
    const value = score[places[name]];
    return typeof value === 'number' ? value : null;
  };
  const labelOf = (code: number | null): string => (code === null || code < 0 ? '' : (tables.classes[code] ?? ''));
  const hasId = tables.idColumn !== null;
  const hasText = tables.textColumn !== null;
  const cellsFrom = Number(hasId) + Number(hasText);
  const pixelsFrom = cellsFrom + tables.keyColumns.length;
  const bits = number('reasons') ?? 0;
  return {
    row,
    id: hasId ? (texts[0] ?? '') : String(row),
    split: splits[number('split') ?? unlabelledSplit] ?? 'unlabelled',
    rank: number('rank'),
    givenLabel: hasNumbers(tables) ? textOf(number('given_value')) : labelOf(number('given')),
    suggestedLabel: hasNumbers(tables) ? textOf(number('suggested_value')) : labelOf(number('suggested')),
    suspicion: number('suspicion'),
    ...mapScores(({ name }) => number(name)),
    reasons: tables.reasonNames.filter((_, bit) => hasReason(bits, bit)),
    decision: decisionFrom(decision),
    note: String(decision?.[2] ?? ''),
    picture: tables.pictures === null ? null : greyLevels(tables.pictures, texts.slice(pixelsFrom)),
    snippet: hasText ? snippetOf(texts[Number(hasId)] ?? '') : null,
    cells: texts.slice(cellsFrom, pixelsFrom).map(snippetOf),
  };
}

/** As it is written in data files. */
function textOf(value: number | null): string {
  return value === null ? '' : String(value);
}

function decisionFrom(values: readonly DuckDBValue[] | undefined): Decision | null {
  const kind = values?.[0];
  if (kind === 'keep' || kind === 'remove' || kind === 'later') return { kind };
  return kind === 'relabel' ? { kind, label: String(values?.[1] ?? '') } : null;
}

/** Grey levels 0–255 of picture cells; missing or odd cells are 0. */
function greyLevels(pictures: Pictures, cells: readonly string[]): number[] {
  return cells.map((cell) => {
    const value = parseNumber(cell, 'point');
    return Number.isFinite(value) ? Math.max(0, Math.min(255, Math.round((255 * value) / pictures.max))) : 0;
  });
}
