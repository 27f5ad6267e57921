import { listedFrom } from '../../base/listedFrom';
import type { Neighbours } from '../neighbours/neighbours';
import { harmfulLimit, highLeverageThreshold, measureNeighbourhoods, nearRows, reasonFlags } from '../reasons';
import { fromScale, type LabelScale } from './labelScale';

/** Two labels this many times the reach of the interval apart disagree. */
const disagreement = 2;
const decimals = [10, 0.1, 100, 0.01, 1000, 0.001];

interface NumberReasonInput {
  /** n labels; NaN = unlabelled. */
  readonly labels: Float64Array;
  /** The same on the scale. */
  readonly targets: Float64Array;
  readonly scale: LabelScale;
  /** n: the middle of the interval that holds nine right labels in ten, and half its width, on the scale. */
  readonly predictions: Float64Array;
  readonly reach: Float64Array;
  readonly suspicion: Float64Array;
  /** n: what the head says of rows that it has not seen, on the scale; null where it is not asked. */
  readonly ofHead: Float64Array | null;
  /** Entry i belongs to row i; null when neighbours are off. */
  readonly neighbours: Neighbours | null;
  readonly leverage: Float64Array;
  readonly valLossRif: Float64Array;
}

/** Flags of all rows, of `reasonFlags`; unlabelled rows get only those that need no label. O(n·k + n log n). */
export function computeNumberReasons(input: NumberReasonInput): Uint32Array {
  const { labels, targets, reach, ofHead, neighbours } = input;
  const n = labels.length;
  const flags = new Uint32Array(n);
  const harmfulBelow = harmfulLimit(input.valLossRif);
  for (let i = 0; i < n; i++) {
    let bits = 0;
    if (input.leverage[i] > highLeverageThreshold) bits |= reasonFlags.highLeverage;
    if (input.valLossRif[i] < harmfulBelow) bits |= reasonFlags.harmfulForValidation;
    if (!Number.isNaN(labels[i])) {
      if (ofHead !== null && Math.abs(targets[i] - ofHead[i]) > disagreement * reach[i]) {
        bits |= reasonFlags.headDisagrees;
      }
      if (input.suspicion[i] >= listedFrom && isDecimalSlip(input, i)) bits |= reasonFlags.decimalSlip;
    }
    flags[i] = bits;
  }
  if (neighbours !== null) addNeighbourReasons(flags, input, neighbours);
  return flags;
}

/** Is ten times the label, or a tenth of it, inside the interval? */
function isDecimalSlip({ labels, scale, predictions, reach }: NumberReasonInput, row: number): boolean {
  const low = fromScale(scale, predictions[row] - reach[row]);
  const high = fromScale(scale, predictions[row] + reach[row]);
  const label = labels[row];
  if (label === 0 || (label >= low && label <= high)) return false;
  return decimals.some((factor) => label * factor >= low && label * factor <= high);
}

function addNeighbourReasons(flags: Uint32Array, { targets, reach }: NumberReasonInput, neighbours: Neighbours): void {
  const { k, rows, squaredDistances } = neighbours;
  const { isFar, duplicateBelow } = measureNeighbourhoods(neighbours);
  for (let i = 0; i < flags.length; i++) {
    if (isFar[i] !== 0) flags[i] |= reasonFlags.farFromNeighbours;
    if (Number.isNaN(targets[i])) continue;
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    for (let at = i * k; at < i * k + Math.min(nearRows, k) && rows[at] >= 0; at++) {
      least = Math.min(least, targets[rows[at]]);
      most = Math.max(most, targets[rows[at]]);
    }
    if (targets[i] > most + reach[i] || targets[i] < least - reach[i]) flags[i] |= reasonFlags.neighboursDisagree;
    for (let at = i * k; at < (i + 1) * k && rows[at] >= 0; at++) {
      const distance = Math.sqrt(squaredDistances[at]);
      if (distance > 0 && !(distance < duplicateBelow)) break;
      if (Math.abs(targets[rows[at]] - targets[i]) > disagreement * reach[i]) {
        flags[i] |= reasonFlags.duplicateDisagrees;
        break;
      }
    }
  }
}
