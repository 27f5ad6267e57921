/** The smallest prefix found. */
interface SmallestPrefix {
  /**
   * `size` holds and `size` − 1 does not (0 is taken not to hold); null: none of the sizes tried up to the limit holds.
   */
  readonly size: number | null;
  /** The largest size that was tried. */
  readonly tried: number;
}

/**
 * The smallest number of leading rows for which `holds` is true, up to `limit`, starting from a guess: doubling steps
 * away from the guess until the answer changes, then bisection. About 2·log₂|k − guess| + 2 questions. Where `holds` is
 * not monotone, the size found still holds and the one below it does not.
 */
export function findSmallestPrefix(holds: (size: number) => boolean, guess: number, limit: number): SmallestPrefix {
  if (limit < 1) return { size: null, tried: 0 };
  const first = Math.max(1, Math.min(guess, limit));
  let low = 0;
  let high: number | null = null;
  let tried = first;
  if (holds(first)) {
    high = first;
    for (let step = 1; high - step > low; step *= 2) {
      const at: number = high - step;
      if (!holds(at)) {
        low = at;
        break;
      }
      high = at;
    }
  } else {
    low = first;
    for (let step = 1; low < limit; step *= 2) {
      const at: number = Math.min(limit, low + step);
      tried = at;
      if (holds(at)) {
        high = at;
        break;
      }
      low = at;
    }
  }
  if (high === null) return { size: null, tried };
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return { size: high, tried };
}
