/** A seeded source of random numbers. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Uniform integer in [0, limit). */
  integer(limit: number): number;
  /** Standard normal. */
  normal(): number;
  /** Fisher–Yates in place. */
  shuffle(values: Int32Array): void;
}

/** The same seed gives the same numbers on every machine. */
export function createRandom(seed: number): Random {
  return new Xoshiro(seed);
}

/** So many standard normal numbers. */
export function drawNormals(random: Random, count: number): Float64Array {
  const out = new Float64Array(count);
  for (let at = 0; at < count; at++) out[at] = random.normal();
  return out;
}

/**
 * xoshiro128** seeded through splitmix32.
 * Source: Blackman & Vigna, "Scrambled Linear Pseudorandom Number Generators", 2021.
 */
class Xoshiro implements Random {
  #s0: number;
  #s1: number;
  #s2: number;
  #s3: number;
  /** Normal numbers come in pairs. */
  #spare: number | undefined;

  constructor(seed: number) {
    let mixed = seed >>> 0;
    const splitmix = (): number => {
      mixed = (mixed + 0x9e3779b9) >>> 0;
      let z = mixed;
      z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
      return (z ^ (z >>> 16)) >>> 0;
    };
    this.#s0 = splitmix();
    this.#s1 = splitmix();
    this.#s2 = splitmix();
    this.#s3 = splitmix();
  }

  #next(): number {
    const scrambled = Math.imul(this.#s1, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const t = this.#s1 << 9;
    this.#s2 ^= this.#s0;
    this.#s3 ^= this.#s1;
    this.#s1 ^= this.#s2;
    this.#s0 ^= this.#s3;
    this.#s2 ^= t;
    this.#s3 = (this.#s3 << 11) | (this.#s3 >>> 21);
    return result;
  }

  uniform(): number {
    return (this.#next() >>> 5) * 2 ** -27 + (this.#next() >>> 6) * 2 ** -53;
  }

  integer(limit: number): number {
    return Math.floor(this.uniform() * limit);
  }

  normal(): number {
    if (this.#spare !== undefined) {
      const value = this.#spare;
      this.#spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  shuffle(values: Int32Array): void {
    for (let i = values.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const held = values[i] as number;
      values[i] = values[j] as number;
      values[j] = held;
    }
  }
}
