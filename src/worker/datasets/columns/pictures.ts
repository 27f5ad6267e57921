import type { Column, Pictures } from '../../../contract/dataset';
import type { ColumnProfile } from './columnProfile';

const minPixels = 16;

/**
 * Columns that together are a square grey picture: at least 16 columns of non-negative numbers that share a prefix and
 * are numbered without gaps (px00 … px63), or by row and column (1x1 … 28x28), and whose number is a perfect square.
 * Pixels run row by row in the order of their numbers. The largest such group; null when there is none.
 */
export function findPictures(columns: readonly Column[], profiles: readonly ColumnProfile[]): Pictures | null {
  const groups = new Map<string, { order: number; index: number }[]>();
  columns.forEach((column, index) => {
    const profile = profiles[index];
    if (profile === undefined || !isPixel(column, profile)) return;
    const grid = /^(.*?)(\d+)x(\d+)$/i.exec(column.name);
    const run = /^(.*?)(\d+)$/.exec(column.name);
    const [prefix, order] =
      grid !== null
        ? [`${grid[1] ?? ''}\0grid`, Number(grid[2]) * 100_000 + Number(grid[3])]
        : run !== null
          ? [run[1] ?? '', Number(run[2])]
          : [null, 0];
    if (prefix === null) return;
    const group = groups.get(prefix);
    if (group === undefined) groups.set(prefix, [{ order, index }]);
    else group.push({ order, index });
  });
  let best: Pictures | null = null;
  for (const [prefix, group] of groups) {
    const side = Math.round(Math.sqrt(group.length));
    if (group.length < minPixels || side * side !== group.length) continue;
    group.sort((a, b) => a.order - b.order);
    if (!prefix.endsWith('\0grid') && !isRun(group.map(({ order }) => order))) continue;
    const max = Math.max(...group.map(({ index }) => profiles[index]?.maximum ?? 0));
    if (max > 0 && group.length > (best?.columns.length ?? 0)) {
      best = { columns: group.map(({ index }) => index), width: side, height: side, max };
    }
  }
  return best;
}

function isPixel(column: Column, profile: ColumnProfile): boolean {
  const numeric = column.type === 'number' || column.type === 'integer';
  const free = column.role === 'feature' || profile.values?.size === 1;
  return numeric && free && profile.minimum >= 0 && Number.isFinite(profile.maximum);
}

function isRun(orders: readonly number[]): boolean {
  return orders.every((order, k) => k === 0 || order === (orders[k - 1] ?? 0) + 1);
}
