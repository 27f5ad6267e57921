import type { FuzzyGraph } from './fuzzyGraph';

/**
 * The curve 1 / (1 + a·d^2b) nearest to umap-learn's default, 1 up to a distance of 0.1 and e^(0.1 − d) beyond: its own
 * fit.
 */
const a = 1.5769434602697652;
const b = 0.8950608778515733;
/** Rows drawn to be moved away from, for each one that is drawn near. */
const drawnApart = 5;
/** No coordinate moves farther at once, times the speed. */
const farthestMove = 4;

/**
 * The moves of UMAP's layout: pairs that belong together are drawn near, as often as their weight says, and rows drawn
 * at random are moved apart. Each round is O(pairs).
 * Source: McInnes, Healy & Melville, "UMAP", 2018, algorithm 5, by the schedule of umap-learn 0.5.
 */
export class LayoutSteps {
  readonly #heads: Int32Array;
  readonly #tails: Int32Array;
  /** Rounds between two moves of a pair. */
  readonly #pauses: Float32Array;
  /** The round of its next move, and of its next moves apart. */
  readonly #next: Float32Array;
  readonly #nextApart: Float32Array;
  readonly #xy: Float32Array;
  /** Of the random numbers; never 0. */
  #state: number;

  /** `xy`: n×2, moved in place. Pairs too weak to move once in `rounds` are left out. */
  constructor(graph: FuzzyGraph, xy: Float32Array, rounds: number, seed: number) {
    const strongest = graph.weights.reduce((most, weight) => Math.max(most, weight), 0);
    const kept = Int32Array.from(graph.weights.keys()).filter(
      (pair) => (graph.weights[pair] as number) >= strongest / rounds,
    );
    this.#heads = kept.map((pair) => graph.heads[pair] as number);
    this.#tails = kept.map((pair) => graph.tails[pair] as number);
    this.#pauses = Float32Array.from(kept, (pair) => strongest / (graph.weights[pair] as number));
    this.#next = this.#pauses.slice();
    this.#nextApart = this.#pauses.map((pause) => pause / drawnApart);
    this.#xy = xy;
    this.#state = (seed ^ 0x9e3779b9) | 1;
  }

  get pairs(): number {
    return this.#heads.length;
  }

  /** Moves what is due in a round of the pairs [from, to), at a speed from 1 to 0. */
  move(from: number, to: number, round: number, speed: number): void {
    const next = this.#next;
    for (let pair = from; pair < to; pair++) if (next[pair] <= round) this.#movePair(pair, round, speed);
  }

  #movePair(pair: number, round: number, speed: number): void {
    const xy = this.#xy;
    const head = 2 * this.#heads[pair];
    const tail = 2 * this.#tails[pair];
    let x = xy[head];
    let y = xy[head + 1];
    const dx = x - xy[tail];
    const dy = y - xy[tail + 1];
    const pull = pulls[binOf(dx * dx + dy * dy)];
    const right = clip(pull * dx) * speed;
    const up = clip(pull * dy) * speed;
    x += right;
    y += up;
    xy[tail] -= right;
    xy[tail + 1] -= up;
    const pause = this.#pauses[pair];
    this.#next[pair] += pause;
    const apart = Math.floor((drawnApart * (round - this.#nextApart[pair])) / pause);
    this.#nextApart[pair] += (apart * pause) / drawnApart;
    const n = xy.length >>> 1;
    let state = this.#state;
    for (let draw = 0; draw < apart; draw++) {
      // xorshift. Source: Marsaglia, "Xorshift RNGs", 2003.
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      const other = 2 * (((state >>> 0) * n * 2 ** -32) | 0);
      const ox = x - xy[other];
      const oy = y - xy[other + 1];
      const away = ox * ox + oy * oy;
      // The row itself, and twins of it, are not moved away from.
      if (away === 0) continue;
      const push = pushes[binOf(away)];
      x += clip(push * ox) * speed;
      y += clip(push * oy) * speed;
    }
    this.#state = state;
    xy[head] = x;
    xy[head + 1] = y;
  }
}

/** A number, and its bits. */
const number = new Float32Array(1);
const bits = new Int32Array(number.buffer);
/** Bins of squared distances are a 256th of a power of two wide; distances beyond share the last one. */
const binShift = 15;
const binsOfPower = 256;
const leastPower = -24;
const mostPower = 24;
const firstBin = (127 + leastPower) * binsOfPower;
const lastBin = (mostPower - leastPower) * binsOfPower - 1;

function binOf(squared: number): number {
  number[0] = squared;
  const bin = (bits[0] >> binShift) - firstBin;
  return bin < 0 ? 0 : bin > lastBin ? lastBin : bin;
}

/** What a difference of coordinates is multiplied by, by the bin of the squared distance: to 1 in 250. */
function tabulate(factorOf: (squared: number) => number): Float32Array {
  return Float32Array.from({ length: lastBin + 1 }, (_, bin) => {
    const power = leastPower + Math.floor(bin / binsOfPower);
    return factorOf(2 ** power * (1 + ((bin % binsOfPower) + 0.5) / binsOfPower));
  });
}
const pulls = tabulate((squared) => (-2 * a * b * squared ** (b - 1)) / (a * squared ** b + 1));
const pushes = tabulate((squared) => (2 * b) / ((0.001 + squared) * (a * squared ** b + 1)));

function clip(move: number): number {
  return move > farthestMove ? farthestMove : move < -farthestMove ? -farthestMove : move;
}
