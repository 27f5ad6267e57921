import type { RemovalMethod } from '../core/influence/removal/removalTypes';
import { predictionMethods } from '../core/validation/compareSets';
import type { FidelityMeasurement } from '../core/validation/measureRemovals';
import type { SweepResult } from '../core/validation/runSweep';
import { chartMargin, chartStyle, escapeXml, plotGap, plotSize, roundPlace } from './chartParts';
import { methodTitles } from './fidelityReport';
import { axisValue, type SweepFigure, sweptTitles } from './sweepReport';

/** Colours that stay apart in common colour blindness; the shape says the same again. */
const marks: Readonly<Record<RemovalMethod, { readonly colour: string; readonly shape: string }>> = {
  if: { colour: '#c2660c', shape: 'M-3.2,-3.2H3.2V3.2H-3.2Z' },
  rif: { colour: '#3b6fb6', shape: 'M-3.5,0a3.5,3.5 0 1,0 7,0a3.5,3.5 0 1,0 -7,0Z' },
  newton: { colour: '#2b8a62', shape: 'M0,-4.2L4,3H-4Z' },
};

interface Panel {
  readonly title: string;
  readonly measurement: FidelityMeasurement;
  readonly figure: SweepFigure;
}

const panels: readonly Panel[] = [
  { title: 'mean validation loss, all sets', measurement: 'validation_loss', figure: 'relativeError' },
  { title: 'mean validation loss, median set', measurement: 'validation_loss', figure: 'medianRelativeError' },
  { title: 'margins, median set', measurement: 'margin', figure: 'medianRelativeError' },
];

/** Errors off this range stand at its edge. */
const errorRange = [1e-4, 1e2] as const;

interface Scale {
  readonly place: (value: number) => number;
  readonly ticks: readonly number[];
}

/**
 * Relative error of IF, RIF and the Newton step over λ or n/d, both axes
 * logarithmic, one panel a measurement, as an SVG that needs nothing else.
 */
export function drawSweepChart(
  sweep: SweepResult,
  { data, head }: { readonly data: string; readonly head: string },
): string {
  const shown = panels.filter((panel) => errorsOf(sweep, panel).length > 0);
  const x = logScale(sweep.points.map((point) => axisValue(sweep, point)));
  const y = logScale(shown.flatMap((panel) => errorsOf(sweep, panel)).map(({ error }) => error));
  const width = chartMargin.left + panels.length * plotSize + (panels.length - 1) * plotGap + chartMargin.right;
  const height = chartMargin.top + plotSize + chartMargin.bottom;
  const title = `${data}: error of predicted changes against retraining, over ${sweptTitles[sweep.of]} (${head} head)`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">`,
    `<title id="title">${escapeXml(title)}</title>`,
    chartStyle,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text class="title" x="${chartMargin.left}" y="30">${escapeXml(title)}</text>`,
    ...shown.map((panel, index) =>
      [
        `<g transform="translate(${chartMargin.left + index * (plotSize + plotGap)},${chartMargin.top})">`,
        `<text class="title" x="0" y="-12">${panel.title}</text>`,
        drawAxes(x, y, { below: sweptTitles[sweep.of], first: index === 0 }),
        ...predictionMethods.map((method) => drawCurve(sweep, panel, method, x, y)),
        '</g>',
      ].join('\n'),
    ),
    drawLegend(height - 20),
    '</svg>',
    '',
  ].join('\n');
}

interface PlacedError {
  readonly method: RemovalMethod;
  readonly at: number;
  readonly error: number;
}

function errorsOf(sweep: SweepResult, { measurement, figure }: Panel): PlacedError[] {
  return sweep.points.flatMap((point) =>
    predictionMethods.flatMap((method) => {
      const error = point.figures?.[method][measurement]?.[figure];
      if (error === undefined || !Number.isFinite(error)) return [];
      return [{ method, at: axisValue(sweep, point), error: Math.min(errorRange[1], Math.max(errorRange[0], error)) }];
    }),
  );
}

/** log₁₀ v onto 0 … plotSize, with ticks at powers of ten in range, at 2 and 5 too where there are few powers. */
function logScale(values: readonly number[]): Scale {
  const low = Math.log10(values.reduce((least, value) => Math.min(least, value), Infinity));
  const high = Math.log10(values.reduce((most, value) => Math.max(most, value), 0));
  const span = high > low ? high - low : 1;
  const place = (value: number): number => plotSize * (0.04 + (0.92 * (Math.log10(value) - low)) / span);
  const steps = span < 2.5 ? [1, 2, 5] : [1];
  const every = Math.ceil(span / 7);
  const ticks: number[] = [];
  for (let power = Math.floor(low); power <= Math.ceil(high); power++) {
    if (power % every !== 0) continue;
    for (const step of steps) ticks.push(Number(`${step}e${power}`));
  }
  return { place, ticks: ticks.filter((tick) => Math.log10(tick) >= low - 1e-9 && Math.log10(tick) <= high + 1e-9) };
}

function drawAxes(x: Scale, y: Scale, { below, first }: { readonly below: string; readonly first: boolean }): string {
  return [
    ...x.ticks.map((tick) => {
      const at = roundPlace(x.place(tick));
      return `<path class="grid" d="M${at},0V${plotSize}"/><text class="small" x="${at}" y="${plotSize + 16}" text-anchor="middle">${formatTick(tick)}</text>`;
    }),
    ...y.ticks.map((tick) => {
      const at = roundPlace(plotSize - y.place(tick));
      return `<path class="grid" d="M0,${at}H${plotSize}"/><text class="small" x="-6" y="${at + 4}" text-anchor="end">${formatTick(tick)}</text>`;
    }),
    `<rect class="frame" width="${plotSize}" height="${plotSize}"/>`,
    `<text x="${plotSize / 2}" y="${plotSize + 36}" text-anchor="middle">${below}</text>`,
    first
      ? `<text x="${-plotSize / 2}" y="-54" text-anchor="middle" transform="rotate(-90)">error relative to the retrained change</text>`
      : '',
  ].join('\n');
}

function drawCurve(sweep: SweepResult, panel: Panel, method: RemovalMethod, x: Scale, y: Scale): string {
  const { colour, shape } = marks[method];
  const places = errorsOf(sweep, panel)
    .filter((error) => error.method === method)
    .map(({ at, error }) => [roundPlace(x.place(at)), roundPlace(plotSize - y.place(error))] as const);
  if (places.length === 0) return '';
  return [
    `<path d="M${places.map((place) => place.join()).join('L')}" fill="none" stroke="${colour}" stroke-width="1.5"/>`,
    ...places.map((place) => `<path d="${shape}" transform="translate(${place.join()})" fill="${colour}"/>`),
  ].join('');
}

function drawLegend(y: number): string {
  const entries = predictionMethods.map((method, index) => {
    const { colour, shape } = marks[method];
    const left = chartMargin.left + 5 + index * 120;
    return `<path d="${shape}" transform="translate(${left},${y - 4})" fill="${colour}"/><text x="${left + 12}" y="${y}">${methodTitles[method]}</text>`;
  });
  return `<g>${entries.join('')}</g>`;
}

function formatTick(value: number): string {
  return value >= 1e-3 && value < 1e4 ? String(value) : value.toExponential(0).replace('-', '−');
}
