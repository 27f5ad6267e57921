import type { GroupComparison, GroupConfusion, GroupEffect, GroupFacts } from '../../../contract/groups';
import { formatCount, formatPlural } from '../../../core/base/format';
import { wilsonInterval } from '../../../core/review/wilson';
import { formatShare } from '../../format/numbers';
import { formatEffect } from '../review/wording';

/** What is known best of leaving a group out: retraining, else the Newton step, else the sum of RIF. */
export function bestEffect({ retrained, newton, rif }: GroupEffect): number {
  return retrained ?? newton ?? rif;
}

/** The name of a group for people. */
export function nameGroup(value: string): string {
  return value === '' ? '(nothing)' : value;
}

/** “0.71”; “–”: nothing can be said. */
export function formatKappa(confusion: GroupConfusion | null): string {
  const kappa = confusion?.kappa ?? null;
  return kappa === null ? '–' : kappa.toFixed(2).replace('-', '−');
}

/** Share of labels believed wrong with its 95 % interval; null where nothing is known of the labels. */
export function suspectRate({ rows, suspects }: Pick<GroupFacts, 'rows' | 'suspects'>): {
  readonly value: number;
  readonly low: number;
  readonly high: number;
} | null {
  return suspects === null ? null : { value: suspects / rows, ...wilsonInterval(suspects, rows) };
}

/** The sum of RIF is called misleading where it has another sign than the truth, or is off by more than half of it. */
const misleading = 0.5;

interface GroupVerdict {
  readonly tone: 'good' | 'bad' | 'care';
  readonly text: string;
}

/**
 * What leaving the group out shows, in words.
 * @param noise a change of the validation loss below which nothing is said of its sign
 */
export function describeGroup({ loss }: Pick<GroupFacts, 'loss'>, noise: number): GroupVerdict {
  const best = bestEffect(loss);
  const measured = loss.retrained ?? loss.newton;
  const off = measured !== null && Math.abs(loss.rif - measured) > misleading * Math.abs(measured);
  if (Math.abs(best) <= noise) {
    return Math.abs(loss.rif) > noise
      ? { tone: 'care', text: '! hardly any effect; the sum misleads' }
      : { tone: 'good', text: 'hardly any effect' };
  }
  const words = best < 0 ? '▼ harms: without it loss falls' : '▲ helps: without it loss rises';
  if (!off) return { tone: best < 0 ? 'bad' : 'good', text: words };
  const how =
    Math.sign(loss.rif) !== Math.sign(best)
      ? 'the sum says otherwise'
      : Math.abs(loss.rif) < Math.abs(best)
        ? 'the sum understates it'
        : 'the sum overstates it';
  return { tone: best < 0 ? 'bad' : 'good', text: `${words}; ${how}` };
}

/** Below a ten-thousandth of the loss no effect is told from another's rounding and chance. */
const noiseShare = 1e-4;

export function noiseOf({ validationLoss }: Pick<GroupComparison, 'validationLoss'>): number {
  return noiseShare * Math.abs(validationLoss);
}

/** What to do first, in a sentence or two; null where nothing stands out. */
export function recommend(
  comparison: GroupComparison,
): { readonly group: GroupFacts; readonly title: string; readonly text: string } | null {
  const { groups } = comparison;
  const rows = groups.reduce((sum, one) => sum + one.rows, 0);
  const suspects = groups.reduce((sum, one) => sum + (one.suspects ?? 0), 0);
  const overall = rows === 0 ? 0 : suspects / rows;
  const noise = noiseOf(comparison);
  const outstanding = groups
    .filter((one) => (suspectRate(one)?.low ?? 0) > overall && (one.suspects ?? 0) > 1)
    .sort((a, b) => (suspectRate(b)?.low ?? 0) - (suspectRate(a)?.low ?? 0));
  const group = outstanding[0] ?? groups.find((one) => bestEffect(one.loss) < -noise);
  if (group === undefined) return null;
  const rate = suspectRate(group);
  const effect = bestEffect(group.loss);
  const how = group.loss.retrained !== null ? 'measured' : 'predicted';
  const change =
    Math.abs(effect) <= noise
      ? `Leaving it out changes the validation loss hardly at all (${formatEffect(effect)}, ${how}).`
      : `Leaving it out ${effect < 0 ? 'lowers' : 'raises'} the validation loss by ${formatEffect(Math.abs(effect)).replace('+', '')}, ${how}.`;
  const few = rate !== null && group === outstanding[0];
  return {
    group,
    title: few
      ? `Review ${nameGroup(group.value)} first: ${formatShare(rate.value)} of its labels look wrong, ${formatShare(overall)} of all.`
      : `Look at ${nameGroup(group.value)}: it harms the model.`,
    text: `${change}${(group.suspects ?? 0) > 0 && effect >= -noise ? ` Its ${formatPlural(group.suspects ?? 0, 'suspect')} can be corrected, and its other ${formatCount(group.rows - (group.suspects ?? 0))} rows kept.` : ''}`,
  };
}
