import { formatCount, formatPlural } from '../../../../core/base/format';
import { isMissing } from '../../cells/cells';
import { parseVector } from '../../cells/vectorText';
import type { BlockEncoder, BlockRequest, BlockVectors } from './blockTypes';
import { nameBlock } from './blockTypes';
import { missingWords } from './scanTexts';

/** Longer lists are no features that anything here could be fitted to. */
const mostNumbers = 100_000;

/**
 * A column of lists of numbers (an embedding) as the vectors that they are. Two passes over the cells: how many numbers
 * the labelled rows' lists have, then the numbers. Rows without a list of that many get zeros, and a sentence.
 */
export function createListEncoder(): BlockEncoder {
  return { passes: 4, encode };
}

async function encode(request: BlockRequest): Promise<BlockVectors> {
  const { columns, parts, openVectors, onShare } = request;
  const name = nameBlock(columns);
  const total = parts.reduce((sum, { rows }) => sum + rows, 0);
  const width = await findWidth(request);
  if (width === undefined)
    return { kind: 'none', columns, reason: 'no list of numbers in the labelled rows', cautions: [] };
  if (width > mostNumbers) {
    const reason = `lists of ${formatCount(width)} numbers: more than ${formatCount(mostNumbers)} are not read`;
    return { kind: 'none', columns, reason, cautions: [] };
  }
  const writer = await openVectors(width);
  let missing = 0;
  let unread = 0;
  let done = 0;
  for (const part of parts) {
    await scanLists(request, part, async (lists) => {
      const vectors = new Float32Array(lists.length * width);
      lists.forEach((list, k) => {
        if (list === null) missing++;
        else if (list === undefined || list.length !== width) unread++;
        else vectors.set(list, k * width);
      });
      await writer.append(vectors);
      done += lists.length;
      onShare(0.5 + (0.5 * done) / Math.max(1, total));
    });
  }
  return {
    kind: 'vectors',
    columns,
    vectors: await writer.finish(),
    names: Array.from({ length: width }, (_, k) => `${name}: number ${formatCount(k + 1)}`),
    method: { kind: 'lists', numbers: width },
    notes: [`The lists of ${name} are taken as one embedding of ${formatCount(width)} numbers: one scale for all.`],
    cautions: [
      ...(missing === 0
        ? []
        : [
            `${formatPlural(missing, 'row has', 'rows have')} no list in ${name}: all numbers of it are 0 there, before they are centred.`,
          ]),
      ...(unread === 0
        ? []
        : [
            `${formatPlural(unread, 'cell', 'cells')} of ${name} ${unread === 1 ? 'is no list' : 'are no lists'} of ${formatCount(width)} numbers, and all numbers are 0 there, before they are centred.`,
          ]),
    ],
  };
}

/** Numbers that most lists of the labelled rows have. */
async function findWidth(request: BlockRequest): Promise<number | undefined> {
  const { parts, labelledRows, onShare } = request;
  const [own] = parts;
  const lengths = new Map<number, number>();
  let row = 0;
  await scanLists(request, own, (lists) => {
    for (const list of lists) {
      if (labelledRows[row++] === 1 && list) lengths.set(list.length, (lengths.get(list.length) ?? 0) + 1);
    }
    onShare((0.5 * row) / Math.max(1, own.rows));
    return Promise.resolve();
  });
  return [...lengths].sort(([a, often], [b, oftenToo]) => oftenToo - often || a - b)[0]?.[0];
}

/** The lists of rows in their order; null: missing, undefined: no list. */
async function scanLists(
  { columns, missing, signal }: BlockRequest,
  { scan }: BlockRequest['parts'][number],
  use: (lists: readonly (Float64Array | null | undefined)[]) => Promise<void>,
): Promise<void> {
  const words = missingWords(missing);
  const [{ index }] = columns;
  await scan(
    [index],
    (block) =>
      use(
        Array.from({ length: block.rows }, (_, row) => {
          const cell = block.cell(row, 0);
          if (isMissing(cell) || words.has(cell.trim())) return null;
          return parseVector(cell) ?? undefined;
        }),
      ),
    signal,
  );
}
