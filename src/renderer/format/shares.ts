/**
 * Shares of a total as whole per cents that add up to no more than 100, and to 100 where the counts are all of it:
 * those that lose most by rounding down get one more (largest remainders). What is there is no 0 %, but less than 1.
 */
export function formatShares(counts: readonly number[], total: number): string[] {
  const exact = counts.map((count) => (total > 0 ? (100 * count) / total : 0));
  const rest = total - counts.reduce((sum, count) => sum + count, 0);
  const all = rest > 0 ? [...exact, (100 * rest) / total] : exact;
  const whole = all.map(Math.floor);
  const left = Math.round(all.reduce((sum, share) => sum + share, 0)) - whole.reduce((sum, share) => sum + share, 0);
  const order = all.map((share, at) => ({ at, lost: share - Math.floor(share) })).sort((a, b) => b.lost - a.lost);
  for (const { at } of order.slice(0, left)) whole[at]++;
  return counts.map((count, at) => (count > 0 && whole[at] === 0 ? '< 1 %' : `${whole[at]} %`));
}
