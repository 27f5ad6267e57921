import type { Assessment, Outputs, SideOutputs, Workload } from './workload';

/** umap-learn counts the row itself. */
const neighbours = 15;
/** Rows whose neighbours are looked at: all of them would be n²·d. */
const sampled = 1_000;

/** UMAP of the map of Review, from the features on, beside umap-learn with its defaults. */
export function mapWorkload(rows: number, features: number): Workload {
  return {
    name: `map-${rows}x${features}`,
    summary: `rows in a plane among their ${neighbours} neighbours (UMAP), from features to places; peer: umap-learn as it comes`,
    rows,
    features,
    classes: 10,
    data: {
      kind: 'classes',
      rows,
      // The constant last one belongs to the classes kind; it says nothing about neighbours.
      features: features + 1,
      classes: 10,
      seed: 11,
      latent: 24,
      share: 0,
      noise: 'uniform',
    },
    task: 'map',
    settings: { neighbours },
    peers: ['umap-learn'],
    largePeers: [],
    reference: 'umap-learn',
    repeats: 1,
    // umap-learn has compiled before; V8 does so on its way.
    warmUps: 0,
    limits: { trustworthiness_behind: 0.01 },
    assess,
  };
}

async function assess(outputs: Outputs): Promise<Assessment> {
  const peer = outputs.peers['umap-learn'];
  if (peer === undefined) return { errors: {} };
  const { data, shape } = await outputs.data('features');
  const [rows, columns] = shape;
  const x = Float64Array.from(data);
  const trustOf = async (side: SideOutputs): Promise<number> =>
    trustworthiness({ x, rows, columns }, Float64Array.from((await side.array('places')).data), neighbours, sampled);
  const [assay, theirs] = [await trustOf(outputs.assay), await trustOf(peer)];
  return {
    errors: { trustworthiness_behind: Math.max(0, theirs - assay) },
    more: { trustworthiness: { assay, 'umap-learn': theirs } },
  };
}

/**
 * Whether what is near in the plane is near in the features: 1 − 2/(m·k·(2n − 3k − 1)) · Σ (rank − k) over the k
 * nearest in the plane that are not among the k nearest of all, for m rows spread evenly. O(m·n·(d + k)).
 * Source: Venna & Kaski, "Neighborhood preservation in nonlinear projection methods", 2001, as scikit-learn has it.
 */
export function trustworthiness(
  { x, rows: n, columns: d }: { readonly x: Float64Array; readonly rows: number; readonly columns: number },
  places: Float64Array,
  k: number,
  most: number,
): number {
  const m = Math.min(n, most);
  let penalty = 0;
  for (let at = 0; at < m; at++) {
    const row = Math.floor((at * n) / m);
    const near = nearest(distancesFrom(places, n, 2, row), row, k);
    const distances = distancesFrom(x, n, d, row);
    for (const other of near) penalty += Math.max(0, rankOf(distances, row, other) - k);
  }
  return 1 - (2 * penalty) / (m * k * (2 * n - 3 * k - 1));
}

function distancesFrom(x: Float64Array, n: number, d: number, row: number): Float64Array {
  const out = new Float64Array(n);
  for (let other = 0; other < n; other++) {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += (x[row * d + j] - x[other * d + j]) ** 2;
    out[other] = sum;
  }
  return out;
}

function nearest(distances: Float64Array, row: number, k: number): number[] {
  const found: number[] = [];
  for (let other = 0; other < distances.length; other++) {
    if (other === row || (found.length === k && distances[other] >= distances[found[k - 1]])) continue;
    let at = found.length;
    while (at > 0 && distances[found[at - 1]] > distances[other]) at--;
    found.splice(at, 0, other);
    if (found.length > k) found.pop();
  }
  return found;
}

/** Of `other` among all rows but `row`: 1 for the nearest, ties in the order of the rows. */
function rankOf(distances: Float64Array, row: number, other: number): number {
  const limit = distances[other];
  let rank = 1;
  for (let at = 0; at < distances.length; at++) {
    if (at !== row && (distances[at] < limit || (distances[at] === limit && at < other))) rank++;
  }
  return rank;
}
