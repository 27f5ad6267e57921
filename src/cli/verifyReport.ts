import type { Verification, VerifiedMeasurement } from '../contract/verify';
import { formatCount } from '../core/base/format';
import { compareWithGiven } from '../core/review/labelsDisagree';
import { describeRidgeConvention } from './parseOptions';
import { alignTable, formatChange, formatFigure } from './textTable';
import { validationLabelLines } from './validationLabels';

/** For machines: the measurement to show at the top, all of them by name below. */
export function verificationJson(verification: Verification): Record<string, unknown> {
  const [shown] = verification.measurements;
  const { measurements, ...facts } = verification;
  return {
    measurement: shown.name,
    before: shown.before,
    predicted: shown.predicted,
    actual: shown.actual,
    random: shown.random,
    randomMean: shown.randomMean,
    randomDeviation: shown.randomDeviation,
    rank: shown.rank,
    percentile: shown.percentile,
    measurements: Object.fromEntries(measurements.map(({ name, ...figures }) => [name, figures])),
    ...facts,
  };
}

/** For people. */
export function describeVerification(verification: Verification, chosenBy: string): string {
  const { rowCount, otherRows, trainRows, repeats, measurements, retrainError, seconds } = verification;
  const share = ((100 * rowCount) / trainRows).toPrecision(2);
  const others = otherRows === 0 ? '' : `; ${formatCount(otherRows)} more rows do not train and change nothing`;
  const [shown] = measurements;
  const disagreement = compareWithGiven(measurements);
  const lines = [
    `removed     ${formatCount(rowCount)} of ${formatCount(trainRows)} training rows (${share} %), ${chosenBy}${others}`,
    'change of each measurement when they are removed; positive = removal raises it',
    ...validationLabelLines(
      measurements.map(({ name }) => name),
      verification.validationLabels,
    ),
    ...describeRidgeConvention(verification.ridgeConvention),
    '',
    ...alignTable([
      ['', 'before', 'IF', 'RIF', 'Newton', 'retrained', `random (${repeats})`, 'rank'],
      ...measurements.map((measurement) => [
        measurement.name,
        formatFigure(measurement.before),
        formatChange(measurement.predicted.if),
        formatChange(measurement.predicted.rif),
        formatChange(measurement.predicted.newton),
        formatChange(measurement.actual),
        describeRandom(measurement),
        repeats === 0 ? '–' : `${measurement.rank} of ${repeats + 1}`,
      ]),
    ]),
    '',
    ...interpret(shown),
    ...(disagreement === '' ? [] : [`! ${disagreement}`]),
    `retrained to ${retrainError.toExponential(0)} of the change of the parameters or better, in ${seconds.toFixed(1)} s; kept in the project`,
  ];
  return lines.join('\n');
}

function describeRandom({ randomMean, randomDeviation }: VerifiedMeasurement): string {
  if (randomMean === null) return '–';
  const spread = randomDeviation === null ? '' : ` ± ${formatChange(randomDeviation).replace('+', '')}`;
  return `${formatChange(randomMean)}${spread}`;
}

function interpret({ name, actual, random, percentile, agreement }: VerifiedMeasurement): string[] {
  if (actual === null) return [];
  const what = name.replace(/_/g, ' ');
  const moves = actual === 0 ? 'leaves it as it is' : actual > 0 ? 'raises it' : 'lowers it';
  const lines = [`${what}: removing these rows ${moves}`];
  if (percentile !== null) {
    const below = Math.round(percentile * random.length);
    lines[0] += `; ${below} of ${random.length} random removals of the same size and class mix end lower`;
    const { rif, newton } = agreement;
    lines.push(
      `predicted against retrained over the random removals: RIF slope ${formatFigure(rif.slope)}, median error ${formatFigure(rif.medianRelativeError)}; ` +
        `Newton slope ${formatFigure(newton.slope)}, median error ${formatFigure(newton.medianRelativeError)}`,
    );
  }
  return lines;
}
