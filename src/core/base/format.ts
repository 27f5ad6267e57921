/** Numbers in sentences for people: grouping by comma, a true minus sign, a space before the per cent sign. */

const counts = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });

/** 218340 → "218,340". */
export function formatCount(value: number): string {
  return counts.format(value).replace('-', '−');
}

/** "1 row", "2 rows". */
export function formatPlural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** 0.7894 → "78.9 %" with one decimal. */
export function formatPercent(share: number, decimals: number): string {
  return `${(100 * share).toFixed(decimals)} %`;
}

/** A share that is known to two figures at most: 0.0341 → "3.4 %", 0.05 → "5 %". */
export function formatRoughPercent(share: number): string {
  return `${formatRough(100 * share)} %`;
}

/** A number that is known to two figures at most: 9.126 → "9.1", 0.000867 → "0.00087". */
export function formatRough(value: number): string {
  return String(Number(value.toPrecision(2)));
}

/** For JSON, which has no NaN and no infinity; null stays null. */
export function finiteOrNull(value: number | null): number | null {
  return Number.isFinite(value) ? value : null;
}

/** Two decimals, cut off and not rounded: what lies below a limit is not written as the limit. */
export function formatBelow(value: number): string {
  return (Math.floor(100 * value) / 100).toFixed(2);
}
