import { formatPlural } from '../../../../core/base/format';
import { isMissing } from '../../cells/cells';
import type { BlockRequest } from './blockTypes';
import { nameBlock } from './blockTypes';

/** What the analyst says stands for a missing cell, as {@link joinTexts} wants it. */
export function missingWords(missing: readonly string[]): ReadonlySet<string> {
  return new Set(missing.map((word) => word.trim()));
}

/** A row's cells of the columns of a block as one text, one below the other; missing ones have no part in it. */
export function joinTexts(
  cells: readonly string[],
  missing: ReadonlySet<string>,
): {
  readonly text: string;
  /** Where each cell begins in the text; undefined where it is missing. */
  readonly starts: readonly (number | undefined)[];
} {
  let text = '';
  let isFirst = true;
  const starts = cells.map((cell) => {
    if (isMissing(cell) || missing.has(cell.trim())) return undefined;
    if (!isFirst) text += '\n';
    isFirst = false;
    const start = text.length;
    text += cell;
    return start;
  });
  return { text, starts };
}

/** What is taken together of these columns, as notes begin. */
export function describeTexts(columns: BlockRequest['columns']): string {
  return `The texts of ${nameBlock(columns)}${columns.length > 1 ? ', joined to one text a row,' : ''}`;
}

/**
 * The texts of rows in their order, those of a row's columns one below the other; '' where all are missing. While a
 * block is worked on the next one is read.
 */
export async function scanTexts(
  parts: BlockRequest['parts'],
  { columns, missing, signal }: Pick<BlockRequest, 'columns' | 'missing' | 'signal'>,
  use: (texts: readonly string[], firstRow: number) => Promise<void>,
): Promise<void> {
  const words = missingWords(missing);
  let offset = 0;
  let pending = Promise.resolve();
  for (const { scan, rows } of parts) {
    await scan(
      columns.map(({ index }) => index),
      async (block) => {
        const texts = Array.from({ length: block.rows }, (_, row) => {
          const cells = columns.map((_column, k) => block.cell(row, k));
          return joinTexts(cells, words).text;
        });
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
