/** Beyond 2^±this, squares of numbers over- or underflow when many are added. */
const comfortable = 400;
const smallestExponent = -1000;

/**
 * Mean and variance by Welford's method: exact for constants, never 0 for anything else, stable for large means.
 * Numbers of any size: where squares would over- or underflow, all are held times a power of two, which changes no
 * digit. O(1) a number.
 */
export class Moments {
  count = 0;
  minimum = Infinity;
  maximum = -Infinity;
  #mean = 0;
  #squares = 0;
  /** Numbers are held times this. */
  #factor = 1;
  #limit = 2 ** comfortable;
  #started = false;

  add(value: number): void {
    this.count++;
    if (value < this.minimum) this.minimum = value;
    if (value > this.maximum) this.maximum = value;
    if (!this.#started && value !== 0) this.#start(value);
    if (value > this.#limit || value < -this.#limit) this.#rescale(value);
    const held = value * this.#factor;
    const difference = held - this.#mean;
    this.#mean += difference / this.count;
    // Not times what is left of the difference: for two neighbouring numbers the mean is one of them, and nothing is.
    this.#squares += difference * difference * ((this.count - 1) / this.count);
  }

  /** Multiplying with this keeps numbers, differences and squares within range; 1 for all ordinary numbers. */
  get factor(): number {
    return this.#factor;
  }

  /** Of the numbers times {@link factor}. */
  get scaledMean(): number {
    return this.#mean;
  }

  /** Sum of squared differences from the mean, of the numbers times {@link factor}. */
  get scaledSquares(): number {
    return this.#squares;
  }

  get mean(): number {
    return this.#mean / this.#factor;
  }

  #start(value: number): void {
    this.#started = true;
    const exponent = exponentOf(value);
    if (Math.abs(exponent) > comfortable) this.#use(exponent);
  }

  #rescale(value: number): void {
    const before = this.#factor;
    this.#use(exponentOf(value));
    const change = this.#factor / before;
    this.#mean *= change;
    this.#squares = this.#squares * change * change;
  }

  #use(exponent: number): void {
    const power = Math.max(smallestExponent, exponent);
    this.#factor = 2 ** -power;
    this.#limit = power + comfortable > 1023 ? Infinity : 2 ** (power + comfortable);
  }
}

/** e with 2^e ≤ |value| < 2^(e+1), or one beside it; of 0 and denormals, −1074 or so. */
function exponentOf(value: number): number {
  return Math.max(-1074, Math.floor(Math.log2(Math.abs(value))));
}
