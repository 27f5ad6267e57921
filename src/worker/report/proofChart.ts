import { formatPlural } from '../../core/base/format';
import { chartWidth, svg } from './charts';
import { type Html, html } from './html';
import { change } from './reportSentences';

/** A removal among random ones of the same size and class mix; changes of a loss. */
interface ProvedChange {
  /** “these 57 rows” */
  readonly called: string;
  /** By retraining. */
  readonly actual: number;
  readonly newton: number | null;
  readonly rif: number | null;
  /** Retrained changes of the random removals. */
  readonly random: readonly number[];
}

const margin = 40;
const radius = 4.5;
const dotStep = 2 * radius + 1;
/** Where words end and dots may begin. */
const top = 58;
const tallest = 110;

/** Random removals as dots, stacked where they would overlap; this one as a diamond, with what was predicted beside. */
export function drawProof({ called, actual, newton, rif, random }: ProvedChange): Html {
  const measured = [...random, actual, 0];
  const [low, high] = [Math.min(...measured), Math.max(...measured)];
  const spread = high - low || Math.abs(high) || 1;
  const xOf = (value: number): number => margin + ((value - low) / spread) * (chartWidth - 2 * margin);
  const { dots, deepest } = stackDots(random.map(xOf));
  // A tall stack is pressed together, not cut off.
  const step = Math.min(dotStep, tallest / deepest);
  const base = top + Math.max(3, deepest) * step + 4;
  const x = xOf(actual);
  const anchor = x > chartWidth / 2 ? 'end' : 'start';
  const nudge = anchor === 'end' ? 8 : -8;
  const predicted = describePredicted(newton, rif);
  const parts = [
    html`<line x1="${margin}" x2="${chartWidth - margin}" y1="${n(base)}" y2="${n(base)}" class="axis" />`,
    html`<line x1="${n(xOf(0))}" x2="${n(xOf(0))}" y1="${top - 4}" y2="${n(base)}" class="mark" />`,
    ...dots.map(
      (dot) =>
        html`<circle cx="${n(dot.x)}" cy="${n(base - radius - 1 - dot.level * step)}" r="${radius}" class="rest" />`,
    ),
    ...(newton !== null && newton >= low && newton <= high
      ? [html`<path d="${diamond(xOf(newton), base - 9, 6)}" class="hollow" />`]
      : []),
    html`<path d="${diamond(x, base - 9, 8)}" class="bar" />`,
    html`<text x="${n(x + nudge)}" y="14" text-anchor="${anchor}" class="accent"
      >${called}: ${change(actual)}, retrained</text
    >`,
    ...(predicted === ''
      ? []
      : [html`<text x="${n(x + nudge)}" y="30" text-anchor="${anchor}" class="soft">${predicted}</text>`]),
    ...(random.length === 0 ? [] : [randomLabel(dots, random.length)]),
    ...ticks(low, high, xOf, base),
    html`<text x="${margin}" y="${n(base + 34)}" class="soft">← loss falls: better</text>`,
    html`<text x="${chartWidth - margin}" y="${n(base + 34)}" text-anchor="end" class="soft"
      >loss rises: worse →</text
    >`,
  ];
  const label = `${called}: ${change(actual)} by retraining${predicted === '' ? '' : `, ${predicted}`}, among ${formatPlural(random.length, 'random removal')}`;
  return svg(chartWidth, Math.ceil(base + 40), label, parts);
}

function describePredicted(newton: number | null, rif: number | null): string {
  const parts = [
    newton === null ? '' : `${change(newton)} by Newton step`,
    rif === null ? '' : `${change(rif)} by influence (RIF)`,
  ].filter(Boolean);
  return parts.length === 0 ? '' : `predicted ${parts.join(', ')}`;
}

/** Places of dots: in columns one dot wide, each on top of those before it. */
function stackDots(places: readonly number[]): {
  readonly dots: readonly { readonly x: number; readonly level: number }[];
  readonly deepest: number;
} {
  const stacks = new Map<number, number>();
  const dots = places.map((x) => {
    const column = Math.round(x / dotStep);
    const level = stacks.get(column) ?? 0;
    stacks.set(column, level + 1);
    return { x: column * dotStep, level };
  });
  return { dots, deepest: Math.max(1, ...stacks.values()) };
}

/** Over the dots, on the side of them where there is room. */
function randomLabel(dots: readonly { readonly x: number }[], count: number): Html {
  const middle = dots.reduce((sum, { x }) => sum + x, 0) / dots.length;
  const anchor = middle > chartWidth / 2 ? 'end' : 'start';
  const x = anchor === 'end' ? Math.max(...dots.map((dot) => dot.x)) + 6 : Math.min(...dots.map((dot) => dot.x)) - 6;
  return html`<text x="${n(x)}" y="48" text-anchor="${anchor}" class="soft"
    >${formatPlural(count, 'random removal')}, same size and class mix</text
  >`;
}

/** Round values on the axis, zero among them. */
function ticks(low: number, high: number, xOf: (value: number) => number, base: number): Html[] {
  const step = roundStep((high - low || Math.abs(high) || 1) / 4);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, at) => {
    const value = (first + at) * step;
    const x = n(xOf(value));
    const decimals = Math.min(12, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
    const text = value === 0 ? '0' : value.toFixed(decimals).replace('-', '−');
    return html`<line x1="${x}" x2="${x}" y1="${n(base)}" y2="${n(base + 4)}" class="axis" /><text
        x="${x}"
        y="${n(base + 17)}"
        text-anchor="middle"
        class="soft"
        >${text}</text
      >`;
  });
}

/** 1, 2 or 5 times a power of ten, at least as large. */
function roundStep(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size));
  const factor = [1, 2, 5, 10].find((one) => one * power >= size * (1 - 1e-9)) ?? 10;
  return factor * power;
}

function diamond(x: number, y: number, size: number): string {
  return `M${n(x)} ${n(y - size)}l${size} ${size}l-${size} ${size}l-${size} -${size}z`;
}

/** A place in a drawing. */
function n(value: number): string {
  return String(Number(value.toFixed(1)));
}
