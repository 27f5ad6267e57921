/**
 * One projection tried on the sample: its columns, and at which place of it each true neighbour stands (∞ = beyond the
 * last looked at).
 */
export interface TriedWidth {
  readonly columns: number;
  readonly places: Float64Array;
}

/** A way to search: columns of the projection, cells looked into, candidates measured in all columns. */
export interface SearchPlan {
  readonly columns: number;
  readonly probes: number;
  readonly candidates: number;
  /** Share of the sample's true neighbours that it finds. */
  readonly recall: number;
  /** Seconds that the search takes, about. */
  readonly seconds: number;
}

export interface ChooseSearchOptions {
  /** At least one. */
  readonly widths: readonly TriedWidth[];
  /** For each true neighbour of the sample: how many cells are looked into before its own. */
  readonly cellPlaces: Int32Array;
  readonly cells: number;
  /** Candidates measured for a query: at least, at most. */
  readonly candidates: readonly [fewest: number, most: number];
  readonly target: number;
  readonly mostSeconds: number;
  readonly secondsOf: (plan: {
    readonly columns: number;
    readonly probes: number;
    readonly candidates: number;
  }) => number;
}

/**
 * The cheapest plan that finds `target` of the sample's true neighbours; where none does within `mostSeconds`, the one
 * of these that finds most. A neighbour is found when its cell is looked into and it stands among the candidates; its
 * place among all references is at least that among those looked at, so that the share is a lower bound.
 */
export function chooseSearch(options: ChooseSearchOptions): SearchPlan {
  const { widths, cellPlaces, candidates, target, mostSeconds } = options;
  const [fewest, most] = candidates;
  const wanted = Math.ceil(target * cellPlaces.length);
  const counts = new Int32Array(most);
  let chosen: SearchPlan | undefined;
  const consider = (columns: number, probes: number, candidates: number, found: number): void => {
    const recall = cellPlaces.length === 0 ? 1 : found / cellPlaces.length;
    const proposal = { columns, probes, candidates, recall };
    const plan = { ...proposal, seconds: options.secondsOf(proposal) };
    if (chosen === undefined || isBetter(plan, chosen, target, mostSeconds)) chosen = plan;
  };
  for (const { columns, places } of widths) {
    for (let probes = 1; ; probes = Math.min(options.cells, probes + Math.ceil(probes / 6))) {
      counts.fill(0);
      places.forEach((place, i) => {
        if (place < most && cellPlaces[i] < probes) counts[place]++;
      });
      let found = 0;
      for (let used = 0, next = fewest; used < most;) {
        found += counts[used++];
        // As few candidates as reach the target, and some other numbers of them for where none does.
        const isEnough = used >= fewest && found >= wanted;
        if (!isEnough && used !== next && used !== most) continue;
        consider(columns, probes, used, found);
        if (isEnough) break;
        next = Math.ceil(1.25 * used);
      }
      if (probes === options.cells) break;
    }
  }
  if (chosen === undefined) throw new RangeError('No projection was tried.');
  return chosen;
}

function isBetter(a: SearchPlan, b: SearchPlan, target: number, mostSeconds: number): boolean {
  const affordable = [a, b].map((plan) => plan.seconds <= mostSeconds);
  if (affordable[0] !== affordable[1]) return affordable[0];
  if (!affordable[0]) return a.seconds < b.seconds;
  const reaches = [a, b].map((plan) => plan.recall >= target);
  if (reaches[0] !== reaches[1]) return reaches[0];
  return reaches[0] ? a.seconds < b.seconds : a.recall > b.recall;
}
