import type { DuckDBConnection } from '@duckdb/node-api';

/** Raised when tables change in a way older programs cannot read. */
export const projectVersion = 1;

/**
 * Big tables (rows, issues, scores) are named by generation: `source_3`. A new generation is filled beside the one in
 * use, and becomes the one in use by a single small write to `meta`; a crash at any moment leaves the old or the new.
 */
export const tableKinds = ['source', 'validation', 'issues', 'scores'] as const;
export type TableKind = (typeof tableKinds)[number];

/** Name and type of each column, as DuckDB spells the types. */
export type TableColumns = readonly (readonly [name: string, type: string])[];

/** Tables of every project. */
export const fixedTables: Readonly<Record<string, TableColumns>> = {
  meta: [
    ['key', 'VARCHAR'],
    ['value', 'VARCHAR'],
  ],
  decision_log: [
    ['seq', 'INTEGER'],
    ['time', 'VARCHAR'],
    ['entry', 'VARCHAR'],
  ],
  decision_now: [
    ['row_no', 'INTEGER'],
    ['kind', 'VARCHAR'],
    ['label', 'VARCHAR'],
    ['note', 'VARCHAR'],
    ['time', 'VARCHAR'],
    ['reviewer', 'VARCHAR'],
  ],
  jobs: [
    ['id', 'VARCHAR'],
    ['kind', 'VARCHAR'],
    ['started_at', 'VARCHAR'],
    ['finished_at', 'VARCHAR'],
    ['state', 'VARCHAR'],
    ['message', 'VARCHAR'],
  ],
};

/** The tables of a second pass: its log, where its rows stand now, and which rows it is about. */
export function passTables(pass: number): { readonly log: string; readonly now: string; readonly rows: string } {
  if (!Number.isInteger(pass) || pass < 1) throw new RangeError(`Pass ${pass}`);
  return { log: `pass_log_${pass}`, now: `pass_now_${pass}`, rows: `pass_rows_${pass}` };
}

/** Columns of a table of this name if it is one of a second pass. */
export function passColumns(table: string): TableColumns | undefined {
  const kind = /^pass_(log|now|rows)_[1-9][0-9]{0,8}$/.exec(table)?.[1];
  if (kind === undefined) return undefined;
  return kind === 'log'
    ? fixedTables['decision_log']
    : kind === 'now'
      ? fixedTables['decision_now']
      : [['row_no', 'INTEGER']];
}

/** Columns of a table of rows before its cells `c0`, `c1`, …, which are text. */
export const rowColumns: TableColumns = [
  ['row_no', 'INTEGER'],
  ['line', 'INTEGER'],
  ['byte_start', 'BIGINT'],
  ['byte_length', 'INTEGER'],
  ['cell_count', 'INTEGER'],
];

export const issueColumns: TableColumns = [
  ['seq', 'INTEGER'],
  ['row_no', 'INTEGER'],
  ['line', 'INTEGER'],
  ['column_name', 'VARCHAR'],
  ['kind', 'VARCHAR'],
  ['message', 'VARCHAR'],
];

/** As they stand in CREATE TABLE. */
export function listColumns(columns: TableColumns): string {
  return columns.map(([name, type]) => `${name} ${type}`).join(', ');
}

export async function createTables(connection: DuckDBConnection): Promise<void> {
  await connection.run(`
    CREATE TABLE IF NOT EXISTS meta (key VARCHAR NOT NULL, value VARCHAR NOT NULL);
    CREATE TABLE IF NOT EXISTS jobs (
      id VARCHAR NOT NULL, kind VARCHAR NOT NULL, started_at VARCHAR NOT NULL, finished_at VARCHAR, state VARCHAR NOT NULL,
      message VARCHAR NOT NULL
    );
  `);
  await createDecisionTables(connection, ownDecisions);
}

/** Where a log of decisions is, and what it leads to. */
export interface DecisionTables {
  readonly log: string;
  readonly now: string;
}

/** Of the project's own review. */
export const ownDecisions: DecisionTables = { log: 'decision_log', now: 'decision_now' };

export async function createDecisionTables(connection: DuckDBConnection, { log, now }: DecisionTables): Promise<void> {
  await connection.run(`
    CREATE TABLE IF NOT EXISTS ${log} (seq INTEGER NOT NULL, time VARCHAR NOT NULL, entry VARCHAR NOT NULL);
    CREATE TABLE IF NOT EXISTS ${now} (
      row_no INTEGER NOT NULL, kind VARCHAR, label VARCHAR, note VARCHAR NOT NULL, time VARCHAR NOT NULL, reviewer VARCHAR NOT NULL
    );
  `);
}

/** Table of a generation. The only way to make a table name: from a kind and a number, never from text of a person. */
export function tableName(kind: TableKind, generation: number): string {
  if (!Number.isInteger(generation) || generation < 1) throw new RangeError(`Generation ${generation}`);
  return `${kind}_${generation}`;
}

/** Drops tables of generations that no record refers to: left behind by a crash, or replaced. */
export async function dropTablesExcept(connection: DuckDBConnection, keep: ReadonlySet<string>): Promise<void> {
  const result = await connection.runAndReadAll('SELECT table_name FROM duckdb_tables() WHERE NOT temporary');
  const pattern = new RegExp(`^(${tableKinds.join('|')})_[0-9]+$`);
  for (const [name] of result.getRows()) {
    if (typeof name === 'string' && pattern.test(name) && !keep.has(name)) await connection.run(`DROP TABLE ${name}`);
  }
}
