import type { DuckDBValue } from '@duckdb/node-api';
import { StorageError } from '../../../core/base/errors';
import { scoreTableColumns } from '../audits/auditTables';
import type { Database } from './database';
import { fixedTables, issueColumns, passColumns, rowColumns, type TableColumns, type TableKind } from './schema';

/** Where DuckDB tells what is in a database: named in full, for a macro of the same name would come first. */
const catalog = 'system.main';
/** Wider data than this is not read: a larger number is not from Assay. */
const mostColumns = 200_000;

type Row = readonly DuckDBValue[];

/**
 * Makes sure that the database of a project holds nothing but the tables that Assay makes, each with its columns: data,
 * and no view, macro, generated column or default that would run when the data is read. Nothing else of the database is
 * touched before.
 * @throws StorageError naming the part that does not belong there, or is missing.
 */
export async function checkSchema(database: Database): Promise<void> {
  const refuse = (what: string): never => {
    throw new StorageError(
      `The project ${database.place} is not as Assay makes projects: its database ${what}. It was damaged or altered, and is not opened. ` +
        'Restore it from a backup, or open the data file again to start a new one.',
      { details: { folder: database.place } },
    );
  };
  const list = (query: string): Promise<Row[]> => database.rows(query);
  await refuseOthers(list, refuse);

  const tables = await list(
    `SELECT schema_name, table_name, has_primary_key, check_constraint_count FROM ${catalog}.duckdb_tables() WHERE NOT temporary AND NOT internal`,
  );
  const columns = await list(
    `SELECT table_name, column_name, data_type, column_default FROM ${catalog}.duckdb_columns() WHERE NOT internal ORDER BY table_name, column_index`,
  );
  const columnsOf = new Map<string, Row[]>();
  for (const column of columns) {
    const name = String(column[0]);
    const known = columnsOf.get(name);
    if (known === undefined) columnsOf.set(name, [column]);
    else known.push(column);
  }
  for (const [schema, table, key, checks] of tables) {
    const name = String(table);
    if (schema !== 'main') refuse(`has a table ${name} in a schema ${String(schema)}`);
    if (key === true || Number(checks) > 0) refuse(`has conditions in the table ${name}`);
    const found = columnsOf.get(name) ?? [];
    const fault = checkColumns(name, found);
    if (fault !== undefined) refuse(fault);
  }
}

/** Everything that is neither a table nor an index of ours. */
async function refuseOthers(list: (query: string) => Promise<Row[]>, refuse: (what: string) => never): Promise<void> {
  const others: readonly (readonly [what: string, query: string])[] = [
    // Macros first: from here on no function is another than it seems.
    ['a macro', `SELECT function_name FROM ${catalog}.duckdb_functions() WHERE NOT internal`],
    ['a view', `SELECT view_name FROM ${catalog}.duckdb_views() WHERE NOT internal`],
    ['a sequence', `SELECT sequence_name FROM ${catalog}.duckdb_sequences()`],
    ['a type', `SELECT type_name FROM ${catalog}.duckdb_types() WHERE NOT internal`],
    ['a schema', `SELECT schema_name FROM ${catalog}.duckdb_schemas() WHERE NOT internal AND schema_name <> 'main'`],
  ];
  for (const [what, query] of others) {
    const [first] = await list(query);
    if (first !== undefined) refuse(`has ${what} ${String(first[0])}`);
  }
  const indexes = await list(`SELECT index_name, table_name, is_unique, expressions FROM ${catalog}.duckdb_indexes()`);
  for (const [name, table, unique, expressions] of indexes) {
    if (String(name) !== `${String(table)}_row` || unique === true || String(expressions) !== '[row_no]') {
      refuse(`has an index ${String(name)}`);
    }
  }
}

/** What is wrong with a table, in words. */
function checkColumns(table: string, found: readonly Row[]): string | undefined {
  const kind = /^(source|validation|issues|scores)_[1-9][0-9]{0,8}$/.exec(table)?.[1];
  const fixed = Object.prototype.hasOwnProperty.call(fixedTables, table) ? fixedTables[table] : undefined;
  const expected =
    fixed ?? passColumns(table) ?? (kind === undefined ? undefined : columnsOfKind(kind as TableKind, found));
  if (expected === undefined) return `has a table ${table}`;
  if (found.length > mostColumns) return `has a table ${table} of ${found.length} columns`;
  for (const [at, [name, type]] of expected.entries()) {
    const [, foundName, foundType] = found[at] ?? [];
    if (foundName !== name || foundType !== type) return `lacks the column ${name} (${type}) in the table ${table}`;
  }
  if (found.length > expected.length)
    return `has a column ${String(found[expected.length]?.[1])} in the table ${table}`;
  const computed = found.find(([, , , value]) => value !== null);
  return computed === undefined ? undefined : `has a computed column ${String(computed[1])} in the table ${table}`;
}

function columnsOfKind(kind: TableKind, found: readonly Row[]): TableColumns {
  switch (kind) {
    case 'issues':
      return issueColumns;
    case 'scores':
      return scoreTableColumns(found.map((column) => String(column[1])));
    case 'source':
    case 'validation': {
      // Projects of the first version have no counts of cells.
      const places = rowColumns.filter(([name]) => name !== 'cell_count' || found.some((column) => column[1] === name));
      const first = found[places.length]?.[1];
      if (first === 'separator') places.push(['separator', 'VARCHAR']);
      const cells = Math.max(1, Math.min(found.length, mostColumns + 1) - places.length);
      // Columns of cells, or of several cells as a text or a list: see CellTable.
      const [letter, type] =
        first === 'separator' ? ['j', 'VARCHAR'] : first === 'g0' ? ['g', 'VARCHAR[]'] : ['c', 'VARCHAR'];
      return [...places, ...Array.from({ length: cells }, (_, index) => [`${letter}${index}`, type] as const)];
    }
  }
}
