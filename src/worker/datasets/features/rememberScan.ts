import type { CellBlock } from '../cells/cellBlock';
import type { CellScan } from '../datasetTypes';

/**
 * A scan that keeps the cells of the first one that goes through all rows, as long as they take no more than
 * `mostBytes`: a later one of the same columns gets them without the rows being read and taken apart again. For as long
 * as it is used, no more: it holds on to them.
 */
export function rememberScan(scan: CellScan, mostBytes: number): CellScan {
  let kept: { readonly columns: readonly number[]; readonly blocks: readonly CellBlock[] } | undefined;
  let isFirst = true;
  return async (columnIndices, onBlock, signal) => {
    if (kept !== undefined && isSame(kept.columns, columnIndices)) {
      for (const block of kept.blocks) {
        signal?.throwIfCancelled();
        await onBlock(block);
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
      return;
    }
    if (!isFirst) return scan(columnIndices, onBlock, signal);
    isFirst = false;
    let bytes = 0;
    let blocks: CellBlock[] = [];
    await scan(
      columnIndices,
      (block) => {
        bytes += block.bytes;
        if (bytes <= mostBytes) blocks.push(block);
        else blocks = [];
        return onBlock(block);
      },
      signal,
    );
    if (bytes <= mostBytes) kept = { columns: [...columnIndices], blocks };
  };
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((index, k) => index === b[k]);
}
