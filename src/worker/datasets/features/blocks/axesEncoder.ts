import type { StoredRows } from '../../../../core/base/featureRows';
import { formatCount, formatPercent, formatPlural } from '../../../../core/base/format';
import { gatherRows } from '../../../../core/base/gatherRows';
import type { Matrix } from '../../../../core/base/matrix';
import { createRandom } from '../../../../core/base/random';
import type { CancellationSignal } from '../../../../core/job/jobContext';
import type { PrincipalAxes } from '../../../../core/linalg/principalAxes';
import { createTurns } from '../../../eventLoop';
import { createSharedMatrix } from '../applyFeaturePipeline';
import type { BlockEncoder, BlockRequest, BlockVectors, NoVectors } from './blockTypes';
import { nameBlock } from './blockTypes';

/** Finds axes and places rows on them, elsewhere: see ComputeClient. Matrices are in shared memory. */
export interface AxesFinder {
  /** The leading axes of rows, `most` of them; null where all rows are the same. */
  find(
    rows: Matrix,
    most: number,
    signal: CancellationSignal,
    onShare: (share: number) => void,
  ): Promise<PrincipalAxes | null>;
  /** Where rows lie along them, row-major. */
  place(rows: Matrix, axes: PrincipalAxes, signal: CancellationSignal): Promise<Float32Array>;
}

interface AxesOptions {
  /** How many axes there are for so many labelled rows and numbers of a vector, at most. */
  readonly most: (labelledRows: number, numbers: number) => number;
  /** What the vectors are of, in the names of features: "photo: axis 1 of the pixels". */
  readonly unit: string;
}

/** Rows that axes are fitted to, and numbers of these together: 128 MB. */
const mostFitted = 10_000;
const mostNumbers = 2 ** 24;
/** Which rows are drawn does not depend on the seed of an audit. */
const seed = 1;
const rowsAtOnce = 2048;
/** Shares of the work: the vectors, the axes, and where all rows lie. */
const vectorsTo = 0.96;
const axesTo = 0.98;

/**
 * The vectors of another encoder, by where they lie along their leading principal axes: as many as `most` says.
 * The axes are fitted to labelled rows alone. Vectors that have no more numbers than that stay as
 * they are.
 */
export function createAxesEncoder(inner: BlockEncoder, finder: AxesFinder, options: AxesOptions): BlockEncoder {
  return {
    passes: inner.passes,
    async encode(request) {
      const { labelledRows, onShare } = request;
      const made = await inner.encode({ ...request, onShare: (share) => onShare(vectorsTo * share) });
      if (made.kind === 'none') return made;
      const { columns } = made.vectors;
      const wanted = options.most(
        labelledRows.reduce((sum, one) => sum + one, 0),
        columns,
      );
      return columns <= wanted ? made : narrow(made, request, finder, wanted, options.unit);
    },
  };
}

async function narrow(
  made: Exclude<BlockVectors, NoVectors>,
  { labelledRows, openVectors, signal, onShare }: BlockRequest,
  finder: AxesFinder,
  most: number,
  unit: string,
): Promise<BlockVectors> {
  const { vectors, columns, method, notes, cautions } = made;
  // These are axes already.
  if (method.kind === 'words') return made;
  const fitted = drawRows(labelledRows, Math.min(mostFitted, Math.floor(mostNumbers / vectors.columns)));
  const sample = await gather(vectors, fitted, signal);
  const axes = await finder.find(sample, most, signal, (share) => onShare(vectorsTo + (axesTo - vectorsTo) * share));
  // The block says itself that there is nothing to tell rows apart.
  if (axes === null) return made;
  const width = axes.axes.columns;
  const writer = await openVectors(width);
  for (let from = 0; from < vectors.rows; from += rowsAtOnce) {
    const rows = Math.min(rowsAtOnce, vectors.rows - from);
    const block = createSharedMatrix(rows, vectors.columns);
    vectors.read(from, rows, block.data);
    await writer.append(await finder.place(block, axes, signal));
    onShare(axesTo + ((1 - axesTo) * from) / vectors.rows);
  }
  const name = nameBlock(columns);
  const { varianceShare } = axes;
  return {
    kind: 'vectors',
    columns,
    vectors: await writer.finish(),
    names: Array.from({ length: width }, (_, k) => `${name}: axis ${k + 1} of the ${unit}`),
    method: { ...method, principal: { axes: width, fittedRows: fitted.length, varianceShare } },
    notes: [
      ...notes,
      `Of the ${formatCount(vectors.columns)} numbers of ${name} the features are where a row lies along ${formatPlural(width, 'principal axis', 'principal axes')}, which hold ${formatPercent(varianceShare, 0)} of the variance.`,
    ],
    cautions,
  };
}

/** Of the labelled rows all, or so many drawn by lot; in rising order. */
function drawRows(labelledRows: Uint8Array, most: number): Int32Array {
  const all = Int32Array.from(labelledRows.keys()).filter((row) => labelledRows[row] === 1);
  if (all.length <= most) return all;
  createRandom(seed).shuffle(all);
  return all.slice(0, most).sort();
}

async function gather(vectors: StoredRows, rows: Int32Array, signal: CancellationSignal): Promise<Matrix> {
  const turn = createTurns(signal);
  const out = createSharedMatrix(rows.length, vectors.columns);
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    const part = gatherRows(vectors, rows.subarray(from, from + rowsAtOnce));
    out.data.set(part.data, from * vectors.columns);
    await turn();
  }
  return out;
}
