import type { RemovalEffects } from '../../../contract/review';
import type { Verification, VerifiedMeasurement } from '../../../contract/verify';
import { formatCount, formatPlural } from '../../../core/base/format';
import { formatFigure, formatShare } from '../../format/numbers';
import { nameMeasurement } from '../../format/validationLabels';
import { decimalsToTell, formatChangePercent, formatEffect } from '../review/wording';

/** Figures of verifications in words. Sign everywhere: positive = removing the rows raises the measurement. */

export const methods = [
  {
    key: 'newton',
    name: 'Newton step',
    explanation:
      'The change by one Newton step from the head to where it would be without the rows: the closest of the three.',
  },
  {
    key: 'rif',
    name: 'RIF',
    explanation:
      'Rescaled influence: the change of each row with its leverage taken into account, added up. Interactions between the rows are not in it.',
  },
  {
    key: 'if',
    name: 'IF',
    explanation:
      'Classical influence functions: the derivative of the measurement by the weights of the rows. Too small where rows have leverage.',
  },
] as const;

/** What a measurement is, and which direction of its change is good. */
export function explainMeasurement(name: string): string {
  if (isMargin(name)) {
    return 'Of one validation row: the logit of its label, larger = surer; where labels are numbers, what is predicted. Positive = removing the rows raises it.';
  }
  const [means, raised, lowered] = isAccuracy(name)
    ? ['Share of rows whose label the model predicts.', 'removing the rows helps', 'the rows help the model']
    : ['Mean loss; lower is better.', 'the rows help the model', 'removing the rows helps'];
  return `${means} Positive = removing the rows raises it: ${raised}. Negative = removing them lowers it: ${lowered}.`;
}

function isAccuracy(name: string): boolean {
  return name.includes('accuracy');
}

function isMargin(name: string): boolean {
  return name.startsWith('margin_');
}

/** “validation loss, label errors discounted”, “margin of row 367”. */
export function titleMeasurement(name: string, way: Verification['validationLabels']): string {
  if (isMargin(name)) return `margin of row ${formatCount(Number(name.slice('margin_'.length)))}`;
  if (name.endsWith('_given')) return nameMeasurement(plainName(name), 'given') + ', by the labels as given';
  return name.startsWith('validation_') ? nameMeasurement(plainName(name), way) : plainName(name);
}

function plainName(name: string): string {
  return name.replace(/_given$/, '').replace(/_/g, ' ');
}

/** A measurement before a removal: accuracies as per cent. */
export function formatMeasured({ name, before }: Pick<VerifiedMeasurement, 'name' | 'before'>): string {
  return isAccuracy(name) ? formatShare(before) : formatFigure(before);
}

/** A change, signed; of accuracies in points of per cent, as “+0.6 pp”; “–”: not known. */
export function formatChange(name: string, change: number | null): string {
  if (change === null) return '–';
  if (!isAccuracy(name)) return formatEffect(change);
  const points = 100 * change;
  if (points === 0) return '0';
  const size = Math.abs(points);
  return `${points < 0 ? '−' : '+'}${size >= 0.095 ? size.toFixed(1) : size.toPrecision(1)} pp`;
}

/** “−0.0002 ± 0.0013”. */
export function describeRandom({ name, randomMean, randomDeviation }: VerifiedMeasurement): string {
  if (randomMean === null) return '–';
  const spread = randomDeviation === null ? '' : ` ± ${formatChange(name, randomDeviation).replace('+', '')}`;
  return `${formatChange(name, randomMean)}${spread}`;
}

/** “1 of 21”; ties make halves. */
export function describeRank({ rank, random }: VerifiedMeasurement): string {
  return random.length === 0 ? '–' : `${Number(rank.toFixed(1))} of ${random.length + 1}`;
}

/** “slope 0.97, r 0.998, median error 4 %”; '' without random removals to compare. */
export function describeAgreement({
  pairs,
  slope,
  pearson,
  medianRelativeError,
}: VerifiedMeasurement['agreement']['rif']): string {
  if (pairs === 0) return '';
  return [
    slope === null ? '' : `slope ${slope.toFixed(2).replace('-', '−')}`,
    pearson === null ? '' : `r ${pearson.toFixed(3).replace('-', '−')}`,
    medianRelativeError === null ? '' : `median error ${formatShare(medianRelativeError, 1)}`,
  ]
    .filter(Boolean)
    .join(', ');
}

/** “▼ 4.6 %” of a loss; '' for what is no loss. */
export function describeRelative({ name, before, actual }: VerifiedMeasurement): string {
  if (actual === null || isAccuracy(name) || isMargin(name) || before <= 0) return '';
  if (actual === 0) return '= 0 %';
  return `${actual < 0 ? '▼' : '▲'} ${formatChangePercent(before, before + actual)} %`;
}

/** “9 of 1,438 training rows (0.63 %)”; rows that do not train are said apart. */
export function describeRows({ rowCount, trainRows, otherRows }: Verification): string {
  const share = Number(((100 * rowCount) / trainRows).toPrecision(2));
  const others =
    otherRows === 0
      ? ''
      : `; ${formatCount(otherRows)} more ${otherRows === 1 ? 'does' : 'do'} not train and change nothing`;
  return `${formatCount(rowCount)} of ${formatPlural(trainRows, 'training row')} (${share} %)${others}`;
}

/** What the cards say of a prediction; null when no method could say. */
interface PredictedWords {
  readonly before: string;
  readonly after: string;
  /** “▼ 3.7 %”. */
  readonly relative: string;
  readonly direction: 'down' | 'up' | 'same';
  /** Of the loss, by each method that could say, the best first. */
  readonly changes: readonly { readonly name: string; readonly explanation: string; readonly change: string }[];
  readonly accuracyBefore: string;
  readonly accuracyAfter: string;
  readonly becameRight: number;
  readonly becameWrong: number;
}

/** The effects of a removal as the best method that could say puts them, and the loss by all of them. */
export function describePrediction(effects: RemovalEffects): PredictedWords | null {
  const { before } = effects;
  const answered = methods.flatMap(({ key, name, explanation }) => {
    const effect = effects[key];
    return effect === null ? [] : [{ name, explanation, effect }];
  });
  const best = answered[0]?.effect;
  if (before === null || best === undefined) return null;
  const decimals = decimalsToTell(before.loss, best.loss);
  const direction = best.loss < before.loss ? 'down' : best.loss > before.loss ? 'up' : 'same';
  return {
    before: before.loss.toFixed(decimals),
    after: best.loss.toFixed(decimals),
    relative: `${{ down: '▼', up: '▲', same: '=' }[direction]} ${formatChangePercent(before.loss, best.loss)} %`,
    direction,
    changes: answered.map(({ name, explanation, effect }) => ({
      name,
      explanation,
      change: formatEffect(effect.loss - before.loss),
    })),
    accuracyBefore: before.accuracy === null ? '' : formatShare(before.accuracy),
    accuracyAfter: best.accuracy === null ? '' : formatShare(best.accuracy),
    becameRight: best.becameRight,
    becameWrong: best.becameWrong,
  };
}
