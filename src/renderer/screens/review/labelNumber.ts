/**
 * A label as people type it: "1234.5", "1234,5", "1.5e3", "−3". null when it is no number; thousands that are separated
 * are none, as 1.234 and 1,234 would be read by chance.
 */
export function parseLabelNumber(text: string): number | null {
  const plain = text.trim().replace(/−/g, '-').replace(',', '.');
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return null;
  const value = Number(plain);
  return Number.isFinite(value) ? value : null;
}
