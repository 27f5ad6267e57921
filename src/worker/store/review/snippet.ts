/** Characters of a text in the table: more than a wide column shows. */
const longest = 160;

/** How a text begins, on one line. */
export function snippetOf(text: string): string {
  const begin = text
    .slice(0, 8 * longest)
    .replace(/\s+/g, ' ')
    .trim();
  // Whole characters: half of one is none.
  return Array.from(begin).slice(0, longest).join('');
}
