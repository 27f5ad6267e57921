/**
 * A bound as a person types it: a number with a point or a comma, any minus sign; null = empty; undefined = not a
 * number.
 */
export function readBound(text: string): number | null | undefined {
  const plain = text.trim().replace(/−/g, '-').replace(',', '.');
  if (plain === '') return null;
  const value = Number(plain);
  return Number.isFinite(value) ? value : undefined;
}
