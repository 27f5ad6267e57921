import { formatCount, formatPlural } from '../../../../core/base/format';
import { visibleText } from '../../../../core/base/visibleText';
import type { CancellationSignal } from '../../../../core/job/jobContext';
import type { BlockMethod } from '../../datasetTypes';
import type { BlockEncoder, BlockRequest, BlockVectors } from './blockTypes';
import { nameBlock } from './blockTypes';

/** A way to make vectors of single pictures, and what the manifest says of it. */
export interface PictureVectors {
  readonly method: Extract<BlockMethod, { kind: 'pictures' }>;
  /**
   * Vectors of pictures, `method.numbers` each, and what was measured of them (pictureLook.ts); zeros, and NaN, for one
   * that cannot be read. `onDone` counts pictures.
   * @throws CancelledError; InputError when the encoder cannot be used.
   */
  encode(
    paths: readonly string[],
    signal: CancellationSignal,
    onDone: (done: number) => void,
  ): Promise<{
    readonly vectors: Float32Array;
    readonly looks: Float32Array;
    readonly problems: readonly (string | null)[];
  }>;
  /** Why vectors are not kept for the next time; undefined while they are, or need not be. */
  readonly keepingFailure: unknown;
  close(): Promise<void>;
}

/** Pictures that are named among those that could not be read. */
const named = 3;
/** Rows at a time. */
const rowsAtOnce = 256;

/** Takes what was measured of pictures, in the order of rows and of the `columns` pictures of each. */
export type TakeLooks = (looks: Float32Array, columns: number) => void;

/** Pictures as vectors, one after the other in a row with several. One pass over the cells; learns nothing. */
export function createPictureEncoder(
  open: (root: string) => Promise<PictureVectors>,
  passes: number,
  takeLooks: TakeLooks = () => undefined,
): BlockEncoder {
  return {
    passes,
    async encode(request) {
      const pictures = await open(request.root);
      try {
        return await encodeWith(pictures, request, takeLooks);
      } finally {
        await pictures.close();
      }
    },
  };
}

async function encodeWith(
  pictures: PictureVectors,
  request: BlockRequest,
  takeLooks: TakeLooks,
): Promise<BlockVectors> {
  const { columns, parts, openVectors, signal, onShare } = request;
  const { method } = pictures;
  const total = parts.reduce((sum, { rows }) => sum + rows, 0);
  const writer = await openVectors(method.numbers * columns.length);
  const problems: string[] = [];
  let unread = 0;
  let done = 0;
  for (const { scan } of parts) {
    await scan(
      columns.map(({ index }) => index),
      async (block) => {
        for (let from = 0; from < block.rows; from += rowsAtOnce) {
          const rows = Math.min(rowsAtOnce, block.rows - from);
          const paths = Array.from({ length: rows * columns.length }, (_, k) =>
            block.cell(from + Math.floor(k / columns.length), k % columns.length),
          );
          const made = await pictures.encode(paths, signal, (count) =>
            onShare((done + count / columns.length) / Math.max(1, total)),
          );
          made.problems.forEach((problem, k) => {
            if (problem === null) return;
            unread++;
            if (problems.length < named) problems.push(`${visibleText(paths[k] || 'no path')}: ${problem}`);
          });
          takeLooks(made.looks, columns.length);
          await writer.append(made.vectors);
          done += rows;
        }
      },
      signal,
    );
  }
  const name = nameBlock(columns);
  if (unread === total * columns.length) {
    await writer.finish();
    return {
      kind: 'none',
      columns,
      reason: 'none of its pictures can be read',
      cautions: describeUnread(name, unread, problems),
    };
  }
  return {
    kind: 'vectors',
    columns,
    vectors: await writer.finish(),
    names: columns.flatMap((column) =>
      Array.from({ length: method.numbers }, (_, k) => `${column.name}: number ${k + 1} of the picture`),
    ),
    method,
    notes: [`The pictures of ${name} are turned into ${formatCount(method.numbers)} numbers each by ${method.by}.`],
    cautions: [
      ...describeUnread(name, unread, problems),
      ...(pictures.keepingFailure === undefined
        ? []
        : [`The numbers of ${name} could not be kept: the next audit encodes the pictures again. Is the disk full?`]),
    ],
  };
}

function describeUnread(name: string, unread: number, problems: readonly string[]): string[] {
  if (unread === 0) return [];
  const more = unread > problems.length ? ' …' : '';
  return [
    `${formatPlural(unread, 'picture', 'pictures')} of ${name} could not be read, and all numbers of ${unread === 1 ? 'it' : 'them'} are 0, before they are centred: ${problems.join(' ')}${more}`,
  ];
}
