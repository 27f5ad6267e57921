/** Characters of a text: more than a wide column or a large card shows. */
const longest = 400;

/** How a text begins, on one line; with an ellipsis where it goes on. */
export function snippetOf(text: string): string {
  const begin = text
    .slice(0, 8 * longest)
    .replace(/\s+/g, ' ')
    .trim();
  // Whole characters: half of one is none.
  const characters = Array.from(begin);
  if (characters.length <= longest && text.length <= 8 * longest) return begin;
  return `${characters
    .slice(0, Math.min(longest, characters.length) - 1)
    .join('')
    .trimEnd()}…`;
}
