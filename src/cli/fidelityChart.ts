import { predictionMethods } from '../core/validation/compareSets';
import type { FidelityMeasurement, FidelityRow } from '../core/validation/measureRemovals';
import type { RemovalStrategy } from '../core/validation/removalStrategies';
import { removalStrategies, strategyDescriptions } from '../core/validation/removalStrategies';
import type { FidelityResult } from '../core/validation/runFidelity';
import {
  chartMargin as margin,
  chartStyle,
  escapeXml,
  plotGap as gap,
  plotSize as plot,
  roundPlace as round,
} from './chartParts';
import { methodTitles } from './fidelityReport';
import { formatFigure } from './textTable';

/** Colours that stay apart in common colour blindness; the shape says the same again. */
const marks: Readonly<Record<RemovalStrategy, { readonly colour: string; readonly shape: string }>> = {
  random: { colour: '#3b6fb6', shape: 'M-3.5,0a3.5,3.5 0 1,0 7,0a3.5,3.5 0 1,0 -7,0Z' },
  feature: { colour: '#c2660c', shape: 'M-3.2,-3.2H3.2V3.2H-3.2Z' },
  distance: { colour: '#2b8a62', shape: 'M0,-4.2L4,3H-4Z' },
  loss: { colour: '#a6477f', shape: 'M0,-4.6L4.6,0L0,4.6L-4.6,0Z' },
};

interface FidelityChartOptions {
  readonly measurement: FidelityMeasurement;
  readonly data: string;
  readonly head: string;
}

/**
 * Predicted against retrained change, one panel a method, as an SVG that needs nothing else. Both axes have the same
 * scale, the root of the size with its sign, so that sets of 0.1 % and of 5 % can be told apart; on the diagonal
 * predictions are right.
 */
export function drawFidelityChart(result: FidelityResult, options: FidelityChartOptions): string {
  const shown = result.rows.filter(
    ({ measurement, predicted, actual }) =>
      measurement === options.measurement && Number.isFinite(predicted) && Number.isFinite(actual),
  );
  const scale = rootScale(shown.flatMap(({ predicted, actual }) => [predicted, actual]));
  const width = margin.left + 3 * plot + 2 * gap + margin.right;
  const height = margin.top + plot + margin.bottom;
  const what = options.measurement.replace(/_/g, ' ');
  const panels = predictionMethods.map((method, index) => {
    const rows = shown.filter((row) => row.method === method);
    const agreement = result.overall[method][options.measurement];
    const figures = `slope ${formatFigure(agreement?.slope)} · Pearson ${formatFigure(agreement?.pearson)} · median error ${formatFigure(agreement?.medianRelativeError)}`;
    return [
      `<g transform="translate(${margin.left + index * (plot + gap)},${margin.top})">`,
      `<text class="title" x="0" y="-28">${methodTitles[method]}</text>`,
      `<text class="small" x="0" y="-10">${figures}</text>`,
      drawAxes(scale, index === 0),
      ...rows.map((row) => drawMark(row, scale)),
      '</g>',
    ].join('\n');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">`,
    `<title id="title">${escapeXml(`Predicted against retrained change of the ${what}, ${options.data}`)}</title>`,
    chartStyle,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text class="title" x="${margin.left}" y="30">${escapeXml(`${options.data}: change of the ${what} when rows are removed, predicted against retrained (${options.head} head)`)}</text>`,
    ...panels,
    drawLegend(height - 20),
    '</svg>',
    '',
  ].join('\n');
}

interface Scale {
  readonly place: (value: number) => number;
  readonly ticks: readonly number[];
}

/**
 * sign(v)·√|v| onto 0 … plot over the range of the values and zero, with ticks at zero and two round numbers on each
 * side in range.
 */
function rootScale(values: readonly number[]): Scale {
  const root = (value: number): number => Math.sign(value) * Math.sqrt(Math.abs(value));
  const roots = values.map(root);
  const low = roots.reduce((least, value) => Math.min(least, value), 0);
  const high = roots.reduce((most, value) => Math.max(most, value), 0);
  const span = high > low ? high - low : 1;
  const place = (value: number): number => plot * (0.04 + (0.92 * (root(value) - low)) / span);
  const largest = Math.max(high, -low) ** 2;
  if (largest === 0) return { place, ticks: [0] };
  const power = 10 ** Math.floor(Math.log10(largest));
  const top = [5, 2, 1].map((step) => step * power).find((value) => value <= largest) ?? power;
  const ticks = [-top, -top / 5, 0, top / 5, top].filter((tick) => root(tick) >= low && root(tick) <= high);
  return { place, ticks };
}

function drawAxes({ place, ticks }: Scale, first: boolean): string {
  const lines = ticks.flatMap((tick) => {
    const at = round(place(tick));
    const kind = tick === 0 ? 'zero' : 'grid';
    const text = formatTick(tick);
    return [
      `<path class="${kind}" d="M${at},0V${plot}M0,${plot - at}H${plot}"/>`,
      `<text class="small" x="${at}" y="${plot + 16}" text-anchor="middle">${text}</text>`,
      `<text class="small" x="-6" y="${plot - at + 4}" text-anchor="end">${text}</text>`,
    ];
  });
  return [
    ...lines,
    `<path class="diagonal" d="M0,${plot}L${plot},0"/>`,
    `<rect class="frame" width="${plot}" height="${plot}"/>`,
    `<text x="${plot / 2}" y="${plot + 36}" text-anchor="middle">retrained</text>`,
    first ? `<text x="${-plot / 2}" y="-66" text-anchor="middle" transform="rotate(-90)">predicted</text>` : '',
  ].join('\n');
}

function drawMark({ strategy, predicted, actual }: FidelityRow, { place }: Scale): string {
  const { colour, shape } = marks[strategy];
  const [x, y] = [round(place(actual)), round(plot - place(predicted))];
  return `<path d="${shape}" transform="translate(${x},${y})" fill="${colour}" fill-opacity="0.65" stroke="${colour}"/>`;
}

function drawLegend(y: number): string {
  const entries = removalStrategies.map((strategy, index) => {
    const { colour, shape } = marks[strategy];
    const x = margin.left + 5 + index * 300;
    return `<path d="${shape}" transform="translate(${x},${y - 4})" fill="${colour}" fill-opacity="0.65" stroke="${colour}"/><text x="${x + 12}" y="${y}">${strategyDescriptions[strategy]}</text>`;
  });
  return `<g>${entries.join('')}</g>`;
}

function formatTick(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  const text = size >= 1e-3 && size < 1e4 ? String(Number(size.toPrecision(2))) : size.toExponential(0);
  return value < 0 ? `−${text}` : text;
}
