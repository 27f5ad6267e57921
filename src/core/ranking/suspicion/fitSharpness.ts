/** Newton steps at most; the next changes less than a thousandth. */
const steps = 20;
const tolerance = 1e-3;
/** A step changes by no more than this factor. */
const largestFactor = 4;
/** Below this nothing is told apart. */
const least = 1e-6;

/**
 * The a ≥ 0 of least mean loss of the given labels under P(j) ∝ πⱼ exp(a·sⱼ), and that loss. `scores`: n×C; `labels`: n
 * class numbers; `shares`: π. Convex, by Newton steps from 1. O(n·C) a step.
 */
export function fitSharpness(
  scores: Float64Array,
  labels: Int32Array,
  shares: Float64Array,
): { readonly sharpness: number; readonly loss: number } {
  const logs = shares.map(Math.log);
  const powers = new Float64Array(shares.length);
  let sharpness = 1;
  for (let step = 0; step < steps; step++) {
    const { slope, curvature } = measure(scores, labels, logs, sharpness, powers);
    const newton = curvature > 0 ? sharpness - slope / curvature : slope < 0 ? Infinity : 0;
    const next = Math.max(least, Math.min(sharpness * largestFactor, Math.max(sharpness / largestFactor, newton)));
    const change = Math.abs(next - sharpness);
    sharpness = next;
    if (change <= tolerance * sharpness) break;
  }
  return { sharpness, loss: measure(scores, labels, logs, sharpness, powers).loss };
}

/** The mean loss and its first two derivatives. */
function measure(
  scores: Float64Array,
  labels: Int32Array,
  logs: Float64Array,
  sharpness: number,
  powers: Float64Array,
): { readonly loss: number; readonly slope: number; readonly curvature: number } {
  const C = logs.length;
  const n = labels.length;
  let [loss, slope, curvature] = [0, 0, 0];
  for (let i = 0, from = 0; i < n; i++, from += C) {
    let largest = -Infinity;
    for (let c = 0; c < C; c++) {
      const value = (powers[c] = sharpness * scores[from + c] + logs[c]);
      if (value > largest) largest = value;
    }
    const given = powers[labels[i]];
    let [sum, first, second] = [0, 0, 0];
    for (let c = 0; c < C; c++) {
      const power = Math.exp(powers[c] - largest);
      const score = scores[from + c];
      sum += power;
      first += power * score;
      second += power * score * score;
    }
    const mean = first / sum;
    loss += largest + Math.log(sum) - given;
    slope += mean - scores[from + labels[i]];
    curvature += second / sum - mean * mean;
  }
  return { loss: loss / n, slope: slope / n, curvature: curvature / n };
}
