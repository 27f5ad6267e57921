import type { Evidence, RemovalEffects, ReviewRow } from '../../../contract/review';
import { formatCount } from '../../../core/base/format';
import type { Decision } from '../../../core/review/decisions';
import { formatShare } from '../../format/numbers';

/** Scores in words. Sign everywhere: positive = removing raises validation loss (the row helps). */

const minusSign = '−';

/** Why the given labels may point the other way. */
const doubt = 'probably some validation labels are wrong';

/** A signed effect: "−0.0031", "+0.0012", "−3.1e−6"; "0" when there is none. */
export function formatEffect(effect: number): string {
  if (effect === 0) return '0';
  return `${effect < 0 ? minusSign : '+'}${formatSize(Math.abs(effect))}`;
}

/** A length without sign: four decimals, fewer from 100 on, or two figures where these would all be zero. */
function formatSize(size: number): string {
  if (size === 0) return '0';
  if (size >= 999.5) return formatCount(Math.round(size));
  if (size >= 99.95) return size.toFixed(1);
  if (size >= 0.00095) return size.toFixed(4);
  const [mantissa, exponent] = size.toExponential(1).split('e');
  return `${mantissa}e${(exponent ?? '').replace('-', minusSign).replace('+', '')}`;
}

/** What a word adds to a logit or to a number, signed: "+0.84", "−1,203", "+0.0031" where two decimals are zeros. */
export function formatWeight(weight: number): string {
  if (Math.abs(weight) < 0.005) return formatEffect(weight);
  const size = Math.abs(weight);
  const text = size >= 999.5 ? formatCount(Math.round(size)) : size.toFixed(2);
  return `${weight < 0 ? minusSign : '+'}${text}`;
}

/** Suspicion with two decimals; values that would round to 1.00 keep saying that they are below it. */
export function formatSuspicion(suspicion: number): string {
  return suspicion > 0.995 && suspicion < 1 ? '> 0.99' : suspicion.toFixed(2);
}

/** "removing this row lowers validation loss by 0.0031": a bar's words on hover. */
export function describeEffect(effect: number | null): string {
  if (effect === null) return 'no influence: only labelled training rows have one, and only with a validation split';
  if (effect === 0) return 'removing this row does not change validation loss';
  const verb = effect < 0 ? 'lowers' : 'raises';
  return `removing this row ${verb} validation loss by ${formatSize(Math.abs(effect))}`;
}

/** The verdict of the evidence card, in parts so that the figures can be set apart. */
interface EffectSentence {
  readonly tone: 'harmful' | 'helpful' | 'neutral';
  readonly verb: 'lowers' | 'raises' | 'does not change';
  /** Size of the effect; '' when there is none. */
  readonly size: string;
  /** "among the 1 % most harmful"; '' where that would say nothing. */
  readonly standing: string;
  /** "The suggested label lowers it by 0.0044."; '' where it does not apply. */
  readonly relabel: string;
  /** "As given it falls by 0.0021."; '' where the given labels are taken. */
  readonly given: string;
}

/** What removing and relabelling a row does to validation loss; null when the row has no influence. */
export function describeVerdict(
  row: ReviewRow,
  evidence: Pick<Evidence, 'harmShare' | 'relabelEffect' | 'givenEffect' | 'labelsDisagree'> | null,
): EffectSentence | null {
  const effect = row.valLossRif;
  if (effect === null) return null;
  const tone = effect < 0 ? 'harmful' : effect > 0 ? 'helpful' : 'neutral';
  return {
    tone,
    verb: effect < 0 ? 'lowers' : effect > 0 ? 'raises' : 'does not change',
    size: effect === 0 ? '' : formatSize(Math.abs(effect)),
    standing: describeStanding(effect, evidence?.harmShare ?? null),
    relabel: describeRelabel(row, evidence?.relabelEffect ?? null),
    given: describeGivenEffect(evidence?.givenEffect ?? null, evidence?.labelsDisagree ?? false),
  };
}

function describeGivenEffect(effect: number | null, disagrees: boolean): string {
  if (effect === null) return '';
  if (effect === 0) return 'As given it does not change.';
  const verb = effect < 0 ? 'falls' : 'rises';
  return `As given it ${verb} by ${formatSize(Math.abs(effect))}${disagrees ? `: ${doubt}` : ''}.`;
}

/** Where a row stands among the training rows: `harmShare` of them are more harmful than it. */
export function describeStanding(effect: number, harmShare: number | null): string {
  if (harmShare === null || effect === 0) return '';
  const share = effect < 0 ? harmShare : 1 - harmShare;
  if (share >= 0.5) return '';
  // 1 − 0.98 is a little above 0.02: without rounding it would be called 3 %.
  const percent = Number((share * 100).toFixed(6));
  const rounded =
    percent < 0.1 ? '0.1' : percent < 1 ? String(Math.ceil(percent * 10) / 10) : String(Math.ceil(percent));
  return `among the ${rounded} % most ${effect < 0 ? 'harmful' : 'helpful'}`;
}

function describeRelabel(row: ReviewRow, effect: number | null): string {
  if (effect === null || row.suggestedLabel === row.givenLabel) return '';
  // The label itself stands above: however long it is, the card keeps its height.
  const start = 'The suggested label';
  if (effect === 0) return `${start} does not change it.`;
  return `${start} ${effect < 0 ? 'lowers' : 'raises'} it by ${formatSize(Math.abs(effect))}.`;
}

/** A decision as the table says it, for `DataText`: "kept", "removed", "→ 3", "later". */
export function describeDecisionShort(decision: Decision): string {
  switch (decision.kind) {
    case 'keep':
      return 'kept';
    case 'remove':
      return 'removed';
    case 'relabel':
      return `→ ${decision.label}`;
    case 'later':
      return 'later';
  }
}

/**
 * Leverage in words. A row's leverage lies below C − 1 (below 1 for two classes); near that it decides its own
 * prediction.
 * @param classes C
 */
export function describeLeverage(leverage: number, classes: number): string {
  const share = leverage / Math.max(1, classes - 1);
  if (share < 0.2) return 'low';
  if (share < 0.5) return 'moderate';
  return 'high: the row largely decides its own prediction';
}

/**
 * Decimals at which two losses can be told apart: two figures of their difference, at least 4 (fewer for losses of ten
 * and more) and at most 9.
 */
export function decimalsToTell(before: number, after: number): number {
  const difference = Math.abs(after - before);
  const least = before < 10 ? 4 : Math.max(0, 4 - Math.floor(Math.log10(before)));
  if (difference === 0) return least;
  return Math.min(9, Math.max(least, 1 - Math.floor(Math.log10(difference))));
}

/** A change relative to `before` as per cent without sign: "4.6", "0.031", "120". */
export function formatChangePercent(before: number, after: number): string {
  if (before === 0) return '0';
  const percent = Math.abs((after - before) / before) * 100;
  if (percent === 0) return '0';
  if (percent >= 99.5) return String(Math.round(percent));
  if (percent >= 0.095) return percent.toFixed(1);
  return String(Number(percent.toPrecision(2))).replace('e-', `e${minusSign}`);
}

type Direction = 'down' | 'up' | 'same';

function directionOf(before: number, after: number): Direction {
  return after < before ? 'down' : after > before ? 'up' : 'same';
}

const arrows: Readonly<Record<Direction, string>> = { down: '▼', up: '▲', same: '=' };

interface EffectsWording {
  /** "0.1824 → 0.1741". */
  readonly loss: string;
  /** "▼ 4.6 % by Newton step · RIF 4.5 · IF 2.8"; another direction than the first has its own arrow. */
  readonly change: string;
  readonly direction: Direction;
  /** "94.2 % → 94.7 %"; null for numeric labels. */
  readonly accuracy: string | null;
  /** "2 rows change, both better". */
  readonly rows: string;
  readonly rowsDirection: Direction;
}

/** The methods that could say something, the best first. */
function methodsOf(effects: Pick<RemovalEffects, 'if' | 'rif' | 'newton'>) {
  return [
    { name: 'Newton step', effect: effects.newton },
    { name: 'RIF', effect: effects.rif },
    { name: 'IF', effect: effects.if },
  ].filter((one) => one.effect !== null);
}

/** What removing a selection does, in words; null when no method could say. */
export function describeEffects(effects: RemovalEffects): EffectsWording | null {
  const { before } = effects;
  const methods = methodsOf(effects);
  const best = methods[0]?.effect ?? null;
  if (before === null || best === null) return null;
  const direction = directionOf(before.loss, best.loss);
  const parts = methods.map(({ name, effect }, index) => {
    if (effect === null) return '';
    const percent = formatChangePercent(before.loss, effect.loss);
    const own = directionOf(before.loss, effect.loss);
    if (index === 0) return `${arrows[own]} ${percent} % by ${name}`;
    return own === direction ? `${name} ${percent}` : `${name} ${arrows[own]} ${percent}`;
  });
  const decimals = decimalsToTell(before.loss, best.loss);
  return {
    loss: `${before.loss.toFixed(decimals)} → ${best.loss.toFixed(decimals)}`,
    change: parts.join(' · '),
    direction,
    accuracy:
      before.accuracy === null || best.accuracy === null
        ? null
        : `${formatShare(before.accuracy)} → ${formatShare(best.accuracy)}`,
    rows: describeChangedRows(best.becameRight, best.becameWrong),
    rowsDirection: best.becameRight > best.becameWrong ? 'up' : best.becameRight < best.becameWrong ? 'down' : 'same',
  };
}

interface GivenWording {
  /** "as given 0.2411 → 0.2430". */
  readonly loss: string;
  /** "as given 85.0 % → 84.8 %"; null for numeric labels. */
  readonly accuracy: string | null;
  /** A sentence where the given labels point the other way; '' where they do not. */
  readonly disagreement: string;
}

/** The same by the labels as given; null where these are taken, or where they are believed whole. */
export function describeGivenEffects(effects: RemovalEffects): GivenWording | null {
  const { before, given, labelsDisagree } = effects;
  const taken = methodsOf(effects)[0]?.effect ?? null;
  const best = given === null ? null : (methodsOf(given)[0]?.effect ?? null);
  if (before === null || taken === null || best === null) return null;
  const givenBefore = given?.before ?? null;
  if (givenBefore === null) return null;
  if (before.loss === givenBefore.loss && taken.loss === best.loss) return null;
  const decimals = decimalsToTell(givenBefore.loss, best.loss);
  const { accuracy } = givenBefore;
  const verb = best.loss > givenBefore.loss ? 'rises' : 'falls';
  return {
    loss: `as given ${givenBefore.loss.toFixed(decimals)} → ${best.loss.toFixed(decimals)}`,
    accuracy:
      accuracy === null || best.accuracy === null
        ? null
        : `as given ${formatShare(accuracy)} → ${formatShare(best.accuracy)}`,
    disagreement: labelsDisagree ? `By the labels as given it ${verb}: ${doubt}.` : '',
  };
}

/**
 * "no prediction changes", "1 row changes, for the better", "2 rows change, both better", "5 rows change: 3 better, 2
 * worse".
 */
export function describeChangedRows(better: number, worse: number): string {
  const total = better + worse;
  if (total === 0) return 'no prediction changes';
  if (total === 1) return `1 row changes, for the ${better === 1 ? 'better' : 'worse'}`;
  const start = `${formatCount(total)} rows change`;
  if (better > 0 && worse > 0) return `${start}: ${formatCount(better)} better, ${formatCount(worse)} worse`;
  return `${start}, ${total === 2 ? 'both' : 'all'} ${better > 0 ? 'better' : 'worse'}`;
}

/** An interval of a share: "(57–83 %)". */
export function describeInterval(rate: { value: number; low: number; high: number }): string {
  const whole = (share: number) => Math.round(share * 100);
  return `(${whole(rate.low)}–${whole(rate.high)}\u00a0%)`;
}
