import { IdLookup } from '../rows/idLookup';
import type { StatedDecision } from './statedDecisions';

/** Which row of the data a line of a file is about. */
export type RowMatch =
  | { readonly kind: 'row'; readonly row: number }
  /** It is this one, and its cells are others now. */
  | { readonly kind: 'changed'; readonly row: number }
  /** It can be each of these. */
  | { readonly kind: 'several'; readonly rows: readonly number[] }
  | { readonly kind: 'gone' };

/** What is known of the rows of the data. */
interface MatchableRows {
  readonly rowCount: number;
  /** The id of each row; undefined where no column is the id. */
  readonly ids: readonly string[] | undefined;
  /** The content of these rows (see `contentOf`). */
  readonly readContents: (rows: readonly number[]) => Promise<ReadonlyMap<number, string>>;
  /** All rows that have one of these contents. */
  readonly findContents: (wanted: ReadonlySet<string>) => Promise<ReadonlyMap<string, readonly number[]>>;
}

type Named = Pick<StatedDecision, 'row' | 'id' | 'content'>;

/**
 * Finds the row of each line by its id, or by its number where it has none, and by its content where the line tells it:
 * a row is the one meant only where its cells are the ones that were decided on. Of several with the same id and the
 * same cells the number of the row decides. A line whose row is not where it was is looked for by its content in all
 * of the data. O(lines), and O(n) where some row is not found at once.
 */
export async function matchRows(lines: readonly Named[], data: MatchableRows): Promise<RowMatch[]> {
  const ids = data.ids === undefined ? undefined : new IdLookup(data.ids);
  const candidates = lines.map((line) => candidatesOf(line, data, ids));
  const looked = new Set<number>();
  lines.forEach(({ content }, k) => content !== null && candidates[k].forEach((row) => looked.add(row)));
  const contents = await data.readContents([...looked].sort((a, b) => a - b));
  const sameCells = lines.map(({ content }, k) =>
    content === null ? candidates[k] : candidates[k].filter((row) => contents.get(row) === content),
  );
  const lost = lines.flatMap(({ content }, k) => (content !== null && sameCells[k].length === 0 ? [content] : []));
  const elsewhere = await data.findContents(new Set(lost));
  // Rows that stand somewhere else now: then a row's number says nothing of another one.
  const hasMoved = lost.some((content) => elsewhere.has(content));
  return lines.map((line, k) => {
    const found = sameCells[k];
    if (found.length > 0) return chooseOne(found, line);
    const moved = elsewhere.get(line.content ?? '') ?? [];
    if (moved.length > 0) return chooseOne(moved, line);
    const named = candidates[k];
    const byNumber = line.id === null || ids === undefined;
    if (named.length === 0 || (byNumber && hasMoved)) return { kind: 'gone' };
    return named.length === 1 ? { kind: 'changed', row: named[0] } : { kind: 'several', rows: named };
  });
}

function chooseOne(rows: readonly number[], { row, content }: Named): RowMatch {
  if (rows.length === 1) return { kind: 'row', row: rows[0] };
  // Without the content nothing says that the data is still in its order.
  if (content !== null && row !== null && rows.includes(row)) return { kind: 'row', row };
  return { kind: 'several', rows };
}

/** Rows that a line names, whatever is in them. */
function candidatesOf({ row, id }: Named, { rowCount }: MatchableRows, ids: IdLookup | undefined): readonly number[] {
  if (id !== null && ids !== undefined) {
    // Written as the data has it, or as a list for people does.
    const [asIs = [], guarded = []] = [ids.find(id), ids.findGuarded(id)];
    return guarded.length === 0 || asIs === guarded ? asIs : [...new Set([...asIs, ...guarded])];
  }
  return row !== null && row < rowCount ? [row] : [];
}
