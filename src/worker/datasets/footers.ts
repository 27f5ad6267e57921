import { isMissing, parseNumber } from './cells/cells';
import type { ColumnProfile } from './columns/columnProfile';

const totalWord = /^\s*(grand |sub)?-?(total|totals|sum|mean|average|gesamt|summe)\s*:?\s*$/i;
const footerText =
  /^\s*\(?\s*([\d.,]+ (rows?|records?|lines?|results?|entries|zeilen)\b|((number|count) of )?(rows|records) ?[:=]|total\b|grand total\b|subtotal\b|sum\b|average\b|mean\b|source\s*:|quelle\s*:|notes?\s*:|footnotes?\b|legend\s*:|copyright\b|©|\(c\)|end of (file|report|data|table)\b|(generated|created|exported|printed|downloaded|retrieved) (by|on|at|from)\b|query (took|time)\b|time taken\b)/i;

/** A row of the usual width that may be the sum of those above. Cheap: it is asked of every row. */
export function beginsLikeTotal(cells: readonly string[]): boolean {
  const first = cells[0] ?? '';
  if (first.length < 3 || first.length > 20) return false;
  const code = first.charCodeAt(0) | 32;
  // t, s, g, m, a, and blanks.
  if (code !== 116 && code !== 115 && code !== 103 && code !== 109 && code !== 97 && code !== 32) return false;
  return totalWord.test(first);
}

/**
 * Whether a record at the end of a file is surely a note below the table and not a row: a known kind of text, or a line
 * by itself after a blank line, where the first column holds something else.
 */
export function isFooter(
  cells: readonly string[],
  table: { readonly rowWidth: number; readonly afterBlank: boolean; readonly profiles: readonly ColumnProfile[] },
): boolean {
  const { rowWidth, afterBlank, profiles } = table;
  const first = cells[0] ?? '';
  const [firstColumn] = profiles;
  const filled = cells.filter((cell) => cell.trim() !== '').length;
  const isNumber = !Number.isNaN(parseNumber(first, 'point')) || !Number.isNaN(parseNumber(first, 'comma'));
  // Words where all rows have numbers.
  const isOther = firstColumn !== undefined && isNumeric(firstColumn) && !isNumber && !isMissing(first);
  if (cells.length > rowWidth) return afterBlank && isOther && footerText.test(first);
  if (cells.length === rowWidth && filled > 1) {
    if (!totalWord.test(first)) return false;
    const lacks = cells.some((cell, index) => isMissing(cell) && profiles[index]?.missing === 0);
    return isOther || (lacks && afterBlank);
  }
  if (footerText.test(first)) return isOther || afterBlank || cells.length <= rowWidth / 2 || rowWidth === 2;
  return afterBlank && filled === 1 && (isOther || rowWidth > 2);
}

function isNumeric(profile: ColumnProfile): boolean {
  const type = profile.inferType();
  return type === 'number' || type === 'integer';
}
