import { DOUBLE, type DuckDBConnection, type DuckDBType, INTEGER, UINTEGER, UTINYINT } from '@duckdb/node-api';
import { scoreColumns } from '../../../contract/scoreColumns';
import { BugError } from '../../../core/base/errors';
import type { CancellationSignal } from '../../../core/job/jobContext';
import type { AuditToStore, StoredColumns } from '../storeTypes';
import { StagingTable } from '../tables/bulkTable';
import type { TableColumns } from '../tables/schema';

/** Rows moved to the real table at a time: DuckDB's row group. */
const moveRows = 122_880;
/** In the scores table, beyond the codes of `splitCodes`: a row without a label. */
export const unlabelledSplit = 3;

/** Number columns of the scores table, and where in an audit they come from. NaN becomes NULL. */
const doubles: readonly (readonly [name: string, field: keyof StoredColumns])[] = [
  ['suspicion', 'suspicion'],
  ['log_odds', 'suspicionLogOdds'],
  ...scoreColumns.map(({ name, field }) => [name, field] as const),
  ['nearest_distance', 'nearestDistance'],
];

const columns: readonly (readonly [string, DuckDBType])[] = [
  ['row_no', INTEGER],
  ['rank', INTEGER],
  ['split', UTINYINT],
  ['given', INTEGER],
  ['suggested', INTEGER],
  ['reasons', UINTEGER],
  ...doubles.map(([name]) => [name, DOUBLE] as const),
];

/**
 * The columns that belong into a table of scores which has those named `found`, in their order: scores that came with a
 * later version are missing, or were added at the end.
 */
export function scoreTableColumns(found: readonly string[]): TableColumns {
  const cameLater = (name: string): boolean => scoreColumns.some((score) => score.name === name);
  return columns
    .filter(([name]) => found.includes(name) || !cameLater(name))
    .sort(([one], [other]) => found.indexOf(one) - found.indexOf(other))
    .map(([name, type]) => [name, type.toString()]);
}

/**
 * Gives the scores of an audit that a version without some of them made these too, as empty. Some milliseconds, however
 * many rows.
 */
export async function addMissingScores(connection: DuckDBConnection, table: string): Promise<void> {
  for (const { name } of scoreColumns) {
    await connection.run(`ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS ${name} ${DOUBLE.toString()}`);
  }
}

/** Fills a new table of scores, one row for each source row in order. Moves at most 122,880 rows at a time. */
export async function fillScores(
  connection: DuckDBConnection,
  table: string,
  audit: AuditToStore,
  signal?: CancellationSignal,
): Promise<void> {
  const n = audit.labels.length;
  for (const array of [audit.split, ...Object.values(audit.columns)]) {
    if (array.length !== n) throw new BugError(`An audit's columns differ in length: ${array.length} and ${n}.`);
  }
  await connection.run(
    `CREATE TABLE ${table} (${columns.map(([name, type]) => `${name} ${type.toString()}`).join(', ')})`,
  );
  const staging = await StagingTable.create(connection, 'staged_scores', columns);
  for (let start = 0; start < n; start += moveRows) {
    const count = Math.min(moveRows, n - start);
    await staging.append(count, (from, size) => chunkOf(audit, start + from, size), signal);
    await staging.moveTo(table, (name) => `SELECT * FROM ${name}`);
  }
  await connection.run(`CREATE INDEX ${table}_row ON ${table} (row_no)`);
}

function chunkOf(audit: AuditToStore, from: number, size: number): (number | null)[][] {
  const rows = Array.from({ length: size }, (_, k) => from + k);
  const { columns: scores, labels } = audit;
  const at = (array: ArrayLike<number>, row: number): number => array[row] ?? NaN;
  return [
    rows,
    rows.map((row) => (at(scores.rank, row) > 0 ? at(scores.rank, row) : null)),
    rows.map((row) => (at(labels, row) < 0 ? unlabelledSplit : at(audit.split, row))),
    rows.map((row) => (audit.classes.length === 0 ? -1 : at(labels, row))),
    rows.map((row) => (scores.suggestedLabel === undefined ? -1 : at(scores.suggestedLabel, row))),
    rows.map((row) => at(scores.reasons, row)),
    ...doubles.map(([, field]) => {
      const array = scores[field];
      if (array === undefined) return rows.map(() => null);
      return rows.map((row) => {
        const value = at(array, row);
        return Number.isNaN(value) ? null : value;
      });
    }),
  ];
}
