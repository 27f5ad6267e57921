import type { Column } from '../../../contract/dataset';

/** Fewer numbered columns are no embedding: a questionnaire's items, the months of a year. */
export const fewestNumbered = 16;
const numbered = /^(.*?)(\d{1,9})$/s;

/**
 * Columns whose names are one prefix and running numbers (emb_0 … emb_255, pc1 … pc64, 0 … 767): for each such prefix
 * the places of its columns in the list, in the order of their numbers, wherever they stand. Numbers may be missing
 * (columns that are constant or ignored), as long as half of those from the first to the last are there. No block are
 * fewer than {@link fewestNumbered}, a prefix of which a column is no number, and one with a number twice (x1 and x01).
 * O(d log d).
 */
export function findNumberedColumns(columns: readonly Pick<Column, 'name' | 'type'>[]): readonly (readonly number[])[] {
  const byPrefix = new Map<string, { readonly place: number; readonly number: number }[]>();
  const mixed = new Set<string>();
  columns.forEach(({ name, type }, place) => {
    const [, prefix, digits] = numbered.exec(name) ?? [];
    if (prefix === undefined) return;
    if (type !== 'number' && type !== 'integer') mixed.add(prefix);
    const members = byPrefix.get(prefix);
    const member = { place, number: Number(digits) };
    if (members === undefined) byPrefix.set(prefix, [member]);
    else members.push(member);
  });
  const blocks: number[][] = [];
  for (const [prefix, members] of byPrefix) {
    if (members.length < fewestNumbered || mixed.has(prefix)) continue;
    members.sort((a, b) => a.number - b.number);
    const runs = members.every(({ number }, k) => k === 0 || number > members[k - 1].number);
    const reach = members[members.length - 1].number - members[0].number + 1;
    if (runs && 2 * members.length >= reach) blocks.push(members.map(({ place }) => place));
  }
  return blocks;
}
