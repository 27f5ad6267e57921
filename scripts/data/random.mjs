/**
 * Seeded random numbers for made-up data: sfc32 (Chris Doty-Humphrey, PractRand), seeded through splitmix32.
 * The same seed gives the same file on every machine.
 */
export function createRandom(seed) {
  let mixed = seed >>> 0;
  const splitmix = () => {
    mixed = (mixed + 0x9e3779b9) >>> 0;
    let z = mixed;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  let [a, b, c] = [splitmix(), splitmix(), splitmix()];
  let counter = 1;
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  const uniform = () => next() / 2 ** 32;
  let spare;
  return {
    /** Uniform in [0, 1). */
    uniform,
    /** Uniform integer in [0, limit). */
    integer: (limit) => Math.floor(uniform() * limit),
    /** Standard normal (Box–Muller). */
    normal() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
  };
}

/** `count` different integers below `limit`, ascending; each set is equally likely (Floyd's algorithm). */
export function drawWithoutReplacement(random, count, limit) {
  const drawn = new Set();
  for (let top = limit - count; top < limit; top += 1) {
    const candidate = random.integer(top + 1);
    drawn.add(drawn.has(candidate) ? top : candidate);
  }
  return [...drawn].sort((x, y) => x - y);
}
