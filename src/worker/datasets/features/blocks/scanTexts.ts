import { formatPlural } from '../../../../core/base/format';
import { isMissing } from '../../cells/cells';
import type { BlockRequest } from './blockTypes';

/**
 * The texts of rows in their order, those of a row's columns one below the other; '' where all are missing. While a
 * block is worked on the next one is read.
 */
export async function scanTexts(
  parts: BlockRequest['parts'],
  { columns, missing, signal }: BlockRequest,
  use: (texts: readonly string[], firstRow: number) => Promise<void>,
): Promise<void> {
  const words = new Set(missing.map((word) => word.trim()));
  const text = (cell: string): string => (isMissing(cell) || words.has(cell.trim()) ? '' : cell);
  let offset = 0;
  let pending = Promise.resolve();
  for (const { scan, rows } of parts) {
    await scan(
      columns.map(({ index }) => index),
      async (block) => {
        const texts = Array.from({ length: block.rows }, (_, row) =>
          columns
            .map((_column, k) => text(block.cell(row, k)))
            .filter((cell) => cell !== '')
            .join('\n'),
        );
        await pending;
        pending = use(texts, offset + block.firstRow);
        // Whoever awaits it next is told.
        pending.catch(() => undefined);
      },
      signal,
    );
    await pending;
    offset += rows;
  }
}

/** What becomes of rows without a text, in words. */
export function describeBlank(name: string, blank: number): string[] {
  if (blank === 0) return [];
  return [
    `${formatPlural(blank, 'row has', 'rows have')} no text in ${name}: all numbers of it are 0 there, before they are centred.`,
  ];
}
