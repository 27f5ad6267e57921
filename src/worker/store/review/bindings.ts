import type { DuckDBValue } from '@duckdb/node-api';

/** Values bound to $1, $2, …: everything that comes from a person. */
export class Bindings {
  readonly values: DuckDBValue[] = [];

  add(value: DuckDBValue): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}
