/**
 * What is believed of a row's true class before its labels are looked at: the classes' shares, or what the experts say
 * of its features.
 */
export interface ClassPrior {
  /** Writes log P(true class) of every row, n×C. */
  fill(logs: Float64Array): void;
  /** One step towards the posteriors: the M step of EM. */
  learn(posterior: Float64Array): void;
  /** The exponent of the experts' probabilities; null without experts. */
  readonly strength: number | null;
}

/** The shares of the classes, with one row's worth of each added. O(n·C) a step. */
export function createSharePrior(rows: number, classes: number): ClassPrior {
  const logs = new Float64Array(classes).fill(-Math.log(classes));
  return {
    strength: null,
    fill(out) {
      for (let i = 0; i < rows; i++) out.set(logs, i * classes);
    },
    learn(posterior) {
      const shares = new Float64Array(classes).fill(1);
      for (let at = 0; at < posterior.length; at++) shares[at % classes] += posterior[at];
      for (let c = 0; c < classes; c++) logs[c] = Math.log(shares[c] / (rows + classes));
    },
  };
}

const smallestExpert = 1e-6;
/** Classes that the experts give less than this to are not followed through their confusion. */
const negligible = 1e-4;
/** The strength is drawn to 1 as by so many rows that say so. */
const strengthPrior = 10;
const strengthRange = [0.1, 10] as const;
/** Rows' worth, for each class, of experts that confuse nothing. */
const confusionPrior = 10;
/** Where their confusion starts: a zero would stay one. */
const startingError = 0.1;

/**
 * The experts as one more annotator: prior ∝ Σⱼ pᵢ(j)·R(j, c), where p is their out-of-sample probability (n×C) to a
 * power, p ∝ P^τ, and R(j, ·) says which class it truly is where they say j. They were trained on labels that are in
 * part wrong, which makes them too timid (τ > 1) and may pass a confusion on (R); they may know less than they say (τ <
 * 1). One EM step of R, drawn to the identity, and one Newton step of τ, drawn to 1, each time. O(n·C·c) a step, where
 * c classes are not negligible to the experts.
 */
export function createExpertPrior(probabilities: Float32Array, classes: number): ClassPrior {
  return new ExpertPrior(probabilities, classes);
}

class ExpertPrior implements ClassPrior {
  strength = 1;
  readonly #classes: number;
  readonly #rows: number;
  readonly #logs: Float64Array;
  readonly #truth: Float64Array;
  /** n×C: p and the prior for the strength and the confusion of the moment. */
  readonly #said: Float64Array;
  readonly #prior: Float64Array;

  constructor(probabilities: Float32Array, classes: number) {
    this.#classes = classes;
    this.#rows = probabilities.length / classes;
    this.#logs = Float64Array.from(probabilities, (p) => Math.log(Math.max(smallestExpert, p)));
    this.#truth = new Float64Array(classes * classes).fill(startingError / classes);
    for (let c = 0; c < classes; c++) this.#truth[c * classes + c] += 1 - startingError;
    this.#said = new Float64Array(probabilities.length);
    this.#prior = new Float64Array(probabilities.length);
    this.#readRows();
  }

  fill(out: Float64Array): void {
    logsInto(this.#prior, out);
  }

  learn(posterior: Float64Array): void {
    const classes = this.#classes;
    const counts = new Float64Array(classes * classes);
    for (let c = 0; c < classes; c++) counts[c * classes + c] = confusionPrior;
    const slope = { gradient: -strengthPrior * (this.strength - 1), curvature: strengthPrior };
    for (let i = 0; i < this.#rows; i++) this.#countRow(posterior, i * classes, counts, slope);
    for (let j = 0; j < classes; j++) {
      let sum = 0;
      for (let c = 0; c < classes; c++) sum += counts[j * classes + c];
      for (let c = 0; c < classes; c++) this.#truth[j * classes + c] = counts[j * classes + c] / sum;
    }
    const step = Math.max(-0.5 * this.strength, Math.min(this.strength, slope.gradient / slope.curvature));
    this.strength = Math.min(strengthRange[1], Math.max(strengthRange[0], this.strength + step));
    this.#readRows();
  }

  /** p and the prior of every row. */
  #readRows(): void {
    const classes = this.#classes;
    for (let i = 0; i < this.#rows; i++) {
      powerInto(this.#logs, i * classes, classes, this.strength, this.#said);
      mixInto(this.#said, i * classes, this.#truth, classes, this.#prior);
    }
  }

  /** What a row tells about R and τ. */
  #countRow(
    posterior: Float64Array,
    from: number,
    counts: Float64Array,
    slope: { gradient: number; curvature: number },
  ): void {
    const classes = this.#classes;
    let mean = 0;
    let square = 0;
    let wanted = 0;
    for (let j = 0; j < classes; j++) {
      const p = this.#said[from + j];
      const log = this.#logs[from + j];
      mean += p * log;
      square += p * log * log;
      if (p < negligible) continue;
      let share = 0;
      for (let c = 0; c < classes; c++) {
        const joint = (p * this.#truth[j * classes + c] * posterior[from + c]) / this.#prior[from + c];
        counts[j * classes + c] += joint;
        share += joint;
      }
      wanted += share * log;
    }
    slope.gradient += wanted - mean;
    slope.curvature += square - mean * mean;
  }
}

/** One row of p ∝ exp(τ·logs). */
function powerInto(logs: Float64Array, from: number, count: number, power: number, out: Float64Array): void {
  let most = -Infinity;
  for (let c = 0; c < count; c++) if (logs[from + c] > most) most = logs[from + c];
  let sum = 0;
  for (let c = 0; c < count; c++) sum += out[from + c] = Math.exp(power * (logs[from + c] - most));
  for (let c = 0; c < count; c++) out[from + c] /= sum;
}

/** One row of Σⱼ p(j)·R(j, c). */
function mixInto(said: Float64Array, from: number, truth: Float64Array, count: number, out: Float64Array): void {
  for (let c = 0; c < count; c++) out[from + c] = smallestExpert;
  for (let j = 0; j < count; j++) {
    const p = said[from + j];
    if (p < negligible) continue;
    for (let c = 0; c < count; c++) out[from + c] += p * truth[j * count + c];
  }
}

function logsInto(values: Float64Array, out: Float64Array): void {
  for (let at = 0; at < values.length; at++) out[at] = Math.log(values[at]);
}
