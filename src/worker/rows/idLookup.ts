import { guardCell, unguardCell } from '../exports/csvText';

/**
 * Finds rows by their id: exactly as it stands in the data, or, where no id is exactly so, but for blanks around it.
 */
export class IdLookup {
  readonly #exact = new Map<string, number[]>();
  #trimmed: Map<string, number[]> | undefined;

  constructor(ids: readonly string[]) {
    ids.forEach((id, row) => addTo(this.#exact, id, row));
  }

  find(text: string): readonly number[] | undefined {
    const exact = this.#exact.get(text);
    if (exact !== undefined) return exact;
    const trimmed = text.trim();
    return trimmed === '' ? undefined : this.#withoutBlanks().get(trimmed);
  }

  /**
   * Rows of an id as a list for people has it: see `guardCell`. What would not stand in such a list as it is names
   * none.
   */
  findGuarded(text: string): readonly number[] | undefined {
    for (const written of [text, text.trim()]) {
      const id = unguardCell(written);
      const rows = guardCell(id) === written ? this.find(id) : undefined;
      if (rows !== undefined) return rows;
    }
    return undefined;
  }

  #withoutBlanks(): Map<string, number[]> {
    if (this.#trimmed === undefined) {
      this.#trimmed = new Map();
      for (const [id, rows] of this.#exact) for (const row of rows) addTo(this.#trimmed, id.trim(), row);
    }
    return this.#trimmed;
  }
}

function addTo(map: Map<string, number[]>, id: string, row: number): void {
  const rows = map.get(id);
  if (rows === undefined) map.set(id, [row]);
  else rows.push(row);
}
