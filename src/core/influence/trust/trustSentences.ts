import { formatCount, formatPlural } from '../../base/format';
import type { TrustSentence, TrustSeverity } from './trustTypes';
import type { MethodGap, ModelTrust, SetTrust } from './trustTypes';

const float64Rounding = 1e-16;

/** A row with more leverage determines its own prediction: 1/(1 − h) > 10 multiplies its IF, and every error in it. */
export const selfDeterminedLeverage = 0.9;

/**
 * |IF − NS|/|NS| from here on is told: between RIF's usual error on validation losses (0.07–0.14, median over sets of
 * 0.1–5 %) and IF's (0.2–0.7).
 */
export const notableGap = 0.2;
/** From here on sums have the size of the effect wrong by half or more. */
const largeGap = 0.5;

/**
 * Float64 solves lose about as many digits as the condition has: beyond this fewer than six are left. (What single
 * precision costs is measured, and the engine leaves it by itself where it costs too much: precision.ts.)
 */
const largestCondition = 1e10;

/** ‖Hv − b‖/‖b‖ beyond which the solver, not the method, limits the estimate. */
const largestResidual = 1e-4;

/** Σhᵢ/n is the mean leverage: from here on IF shows on average only 80 % of what RIF does. */
const largeFreedomShare = 0.2;

/** The Newton step was compared with retraining on sets of up to a tenth of the rows. */
const largestStudiedShare = 0.1;

type Said = Omit<TrustSentence, 'of'>;

/** Sentences on what matters, worst first; none: nothing stands against the estimate. */
export function describeTrust(model: ModelTrust, set: SetTrust | null): TrustSentence[] {
  const ofSet =
    set === null
      ? []
      : [...describeGap(set), ...describeSetLeverage(set), ...describeResidual(set), ...describeSize(set)];
  const ofHead = [...describeCondition(model), ...describeFreedom(model)];
  const sentences: TrustSentence[] = [
    ...ofSet.map((said) => ({ ...said, of: 'set' as const })),
    ...ofHead.map((said) => ({ ...said, of: 'head' as const })),
  ];
  const order: readonly TrustSeverity[] = ['warning', 'caution', 'note'];
  return order.flatMap((severity) => sentences.filter((sentence) => sentence.severity === severity));
}

function describeGap(set: SetTrust): Said[] {
  const onEffect = set.effectGap !== null;
  const gap: MethodGap = set.effectGap ?? set.parameterGap;
  const what = onEffect ? `on ${set.measurement ?? 'the measurement'}` : 'in the change of the parameters';
  const sentences: Said[] = [];
  if (gap.against === 'rif') {
    if (gap.if > notableGap) {
      sentences.push({
        severity: gap.if > largeGap ? 'warning' : 'caution',
        about: 'gap',
        text: `IF and RIF differ by ${percent(gap.if)} ${what}: IF understates rows of high leverage. Trust RIF, or ask for the Newton step.`,
      });
    }
    return sentences;
  }
  const byRif = gap.rif ?? 0;
  const worst = Math.max(gap.if, byRif);
  if (worst <= notableGap) return sentences;
  const both = byRif > notableGap;
  const text = both
    ? `IF and the Newton step differ by ${percent(gap.if)}, RIF and the Newton step by ${percent(byRif)} ${what}: sums over rows fail for ` +
      'this set, whose rows act together. Trust the Newton step, or verify by retraining.'
    : `IF and the Newton step differ by ${percent(gap.if)} ${what}, RIF and the Newton step by ${percent(byRif)}: IF is off for this set. ` +
      'Trust RIF or the Newton step.';
  sentences.push({ severity: byRif > largeGap || gap.if > largeGap ? 'warning' : 'caution', about: 'gap', text });
  return sentences;
}

function describeSetLeverage({ selfDeterminedRows, rows, maxLeverage }: SetTrust): Said[] {
  if (selfDeterminedRows === 0) return [];
  const who =
    rows === 1
      ? 'This row determines'
      : `${formatCount(selfDeterminedRows)} of these ${formatCount(rows)} rows ${selfDeterminedRows === 1 ? 'determines' : 'determine'}`;
  const whose = selfDeterminedRows === 1 ? 'its own prediction' : 'their own predictions';
  // A softmax row's leverage is a sum over the classes: below 1 it bounds what its rescaling multiplies by, from 1 on
  // it says nothing of it.
  const bounded = maxLeverage < 1;
  const leverage = bounded ? maxLeverage.toFixed(3) : `${maxLeverage.toFixed(1)}, summed over the classes`;
  const factor = bounded
    ? ` by up to ${Number((1 / (1 - maxLeverage)).toPrecision(2)).toLocaleString('en')}`
    : ' many times over';
  return [
    {
      severity: 'warning',
      about: 'leverage',
      text:
        `${who} ${whose} (largest leverage ${leverage}): errors are multiplied${factor}, and IF shows only a fraction of the effect. ` +
        'Verify by retraining.',
    },
  ];
}

function describeResidual({ residual }: SetTrust): Said[] {
  if (!(residual > largestResidual)) return [];
  return [
    {
      severity: residual > 0.05 ? 'warning' : 'caution',
      about: 'residual',
      text: `The linear system behind the estimate is solved to ${percent(residual)} only: no digit beyond that counts. Ask for a finer tolerance, or an exact method.`,
    },
  ];
}

function describeSize({ share, rows }: SetTrust): Said[] {
  if (!(share > largestStudiedShare)) return [];
  return [
    {
      severity: 'caution',
      about: 'size',
      text: `The set is ${percent(share)} of the training rows (${formatCount(rows)}): one Newton step is known to follow retraining up to a tenth of them. Verify by retraining.`,
    },
  ];
}

/** What the condition of H does to every number computed with it; nothing below 1e10. */
export function describeCondition({ conditionEstimate, l2 }: Pick<ModelTrust, 'conditionEstimate' | 'l2'>): Said[] {
  if (!(conditionEstimate > largestCondition)) return [];
  const error = float64Rounding * conditionEstimate;
  return [
    {
      severity: error > 0.05 ? 'warning' : 'caution',
      about: 'condition',
      text:
        `The Hessian is ill-conditioned (about ${conditionEstimate.toExponential(0)} at λ = ${l2.toPrecision(2)}): even in float64 the parameter ` +
        `changes are good to about ${percent(error)} only. Centre and scale the features, drop features that repeat each other, or choose a larger λ.`,
    },
  ];
}

function describeFreedom(model: ModelTrust): Said[] {
  const { effectiveDof, trainRows, selfDeterminedRows, featuresPerRow, exactLeverages, rescaling, parameters } = model;
  const sentences: Said[] = [];
  if (!exactLeverages) {
    sentences.push({
      severity: 'note',
      about: 'leverage',
      text:
        `With ${formatCount(parameters)} parameters the leverages are estimates (${rescaling}), and RIF with them. Trust the Newton step of a set, or verify by ` +
        'retraining.',
    });
  }
  if (effectiveDof !== null && effectiveDof > largeFreedomShare * trainRows) {
    sentences.push({
      severity: 'caution',
      about: 'freedom',
      text:
        `The head spends ${formatCount(effectiveDof)} effective degrees of freedom on ${formatCount(trainRows)} rows (${featuresPerRow.toPrecision(2)} features a row): a ` +
        `typical row has leverage ${(effectiveDof / trainRows).toFixed(2)}, so IF understates effects. Use RIF or the Newton step, or a larger λ.`,
    });
  }
  if (selfDeterminedRows !== null && selfDeterminedRows > 0) {
    sentences.push({
      severity: 'note',
      about: 'leverage',
      text: `${formatPlural(selfDeterminedRows, 'training row has', 'training rows have')} leverage above ${selfDeterminedLeverage}: their leave-one-out values hang on rounding and on λ.`,
    });
  }
  return sentences;
}

function percent(value: number): string {
  const shown = 100 * value;
  return `${shown >= 10 ? shown.toFixed(0) : shown >= 0.1 ? shown.toPrecision(2) : shown.toExponential(0)} %`;
}
