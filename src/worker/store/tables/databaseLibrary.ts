import { moduleRequire } from '../../moduleRequire';

/**
 * Loads DuckDB ahead of whoever needs it. The system loads one native library at a time: begun after TensorFlow it
 * would wait a fifth of a second for it.
 */
export function loadDatabaseLibrary(): void {
  moduleRequire()('@duckdb/node-api');
}
