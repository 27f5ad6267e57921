import { DOUBLE, type DuckDBConnection, type DuckDBType, INTEGER, UINTEGER, UTINYINT } from '@duckdb/node-api';
import { BugError } from '../../core/base/errors';
import type { CancellationSignal } from '../../core/job/jobContext';
import { StagingTable } from './bulkTable';
import type { TableColumns } from './schema';
import type { AuditToStore } from './storeTypes';

/** Rows moved to the real table at a time: DuckDB's row group. */
const moveRows = 122_880;
/** In the scores table, beyond the codes of `splitCodes`: a row without a label. */
export const unlabelledSplit = 3;

/** Number columns of the scores table, and where in an audit they come from. NaN becomes NULL. */
const doubles = [
  ['suspicion', 'suspicion'],
  ['log_odds', 'suspicionLogOdds'],
  ['loss', 'loss'],
  ['probability', 'probability'],
  ['loo_probability', 'looProbability'],
  ['loo_loss', 'looLoss'],
  ['leverage', 'leverage'],
  ['self_influence_if', 'selfInfluenceIf'],
  ['self_influence_rif', 'selfInfluenceRif'],
  ['val_loss_if', 'valLossIf'],
  ['val_loss_rif', 'valLossRif'],
  ['nearest_distance', 'nearestDistance'],
] as const;

const columns: readonly (readonly [string, DuckDBType])[] = [
  ['row_no', INTEGER],
  ['rank', INTEGER],
  ['split', UTINYINT],
  ['given', INTEGER],
  ['suggested', INTEGER],
  ['reasons', UINTEGER],
  ...doubles.map(([name]) => [name, DOUBLE] as const),
];

/** Of the table of scores, for the check of a project. */
export const scoreTableColumns: TableColumns = columns.map(([name, type]) => [name, type.toString()]);

/** Fills a new table of scores, one row for each source row in order. Moves at most 122,880 rows at a time. */
export async function fillScores(
  connection: DuckDBConnection,
  table: string,
  audit: AuditToStore,
  signal?: CancellationSignal,
): Promise<void> {
  const n = audit.labels.length;
  for (const array of [audit.split, audit.columns.rank, audit.columns.suspicion, audit.columns.reasons]) {
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
    rows.map((row) => at(labels, row)),
    rows.map((row) => at(scores.suggestedLabel, row)),
    rows.map((row) => at(scores.reasons, row)),
    ...doubles.map(([, name]) => {
      const array = scores[name];
      return rows.map((row) => {
        const value = at(array, row);
        return Number.isNaN(value) ? null : value;
      });
    }),
  ];
}
