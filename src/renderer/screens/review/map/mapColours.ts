import { scoreColumns } from '../../../../contract/scoreColumns';

/** Red, green and blue, 0–255. */
export type Rgb = readonly [number, number, number];

/** A colour as it lies in the bytes of an ImageData: red first, opaque. */
export function packColour([red, green, blue]: Rgb): number {
  return ((255 << 24) | (Math.round(blue) << 16) | (Math.round(green) << 8) | Math.round(red)) >>> 0;
}

export function unpack(packed: number): Rgb {
  return [packed & 255, (packed >>> 8) & 255, (packed >>> 16) & 255];
}

/** "#2457d6" as numbers; what is none is black. */
export function parseHex(text: string): Rgb {
  const value = Number.parseInt(text.trim().replace('#', ''), 16);
  return Number.isNaN(value) ? [0, 0, 0] : [(value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

export function toCss([red, green, blue]: Rgb): string {
  return `rgb(${Math.round(red)}, ${Math.round(green)}, ${Math.round(blue)})`;
}

function mix(one: Rgb, other: Rgb, share: number): Rgb {
  const channel = (at: 0 | 1 | 2): number => one[at] + (other[at] - one[at]) * share;
  return [channel(0), channel(1), channel(2)];
}

/** What colours are made of, from the design tokens. */
export interface MapInks {
  readonly surface: Rgb;
  readonly text: Rgb;
  /** Rows without a value, and of classes beyond the ten largest. */
  readonly nothing: Rgb;
  readonly accent: Rgb;
  readonly good: Rgb;
  readonly bad: Rgb;
  readonly warn: Rgb;
  readonly low: Rgb;
  readonly categories: readonly Rgb[];
}

/** How much of its colour a row that is not in the list keeps. */
const faintShare = 0.28;

/** A line of the legend that names values. */
interface NamedColour {
  readonly name: string;
  readonly colour: string;
  readonly rows: number;
}

/** What the colours of a map mean. */
export type Legend =
  | { readonly kind: 'names'; readonly names: readonly NamedColour[]; readonly others: NamedColour | null }
  | {
      readonly kind: 'scale';
      readonly low: number;
      readonly high: number;
      /** Colours from low to high at equal distances. */
      readonly colours: readonly string[];
      /** Rows without a number. */
      readonly empty: number;
    };

/** Colours of rows by their value, packed. */
export interface ColourTable {
  /** By row. */
  readonly colourOf: (row: number) => number;
  readonly faintOf: (row: number) => number;
  readonly legend: Legend;
}

/**
 * Colours for values that stand for words: for decisions those they have elsewhere, else ten for the most frequent
 * words.
 */
export function colourNames(values: Float32Array, names: readonly string[], by: string, inks: MapInks): ColourTable {
  const counts = new Float64Array(names.length);
  let empty = 0;
  for (let row = 0; row < values.length; row++) {
    const code = values[row] as number;
    if (code >= 0 && code < names.length) counts[code]++;
    else empty++;
  }
  const colours = by === 'decision' ? decisionInks(inks) : frequentInks(counts, inks);
  const coloured = names.map((name, code) => ({
    name,
    code,
    ink: colours[code] ?? null,
    rows: counts[code] as number,
  }));
  const listed = coloured.filter(({ ink, rows }) => ink !== null && rows > 0);
  const rest = coloured.filter(({ ink }) => ink === null);
  const otherRows = rest.reduce((sum, { rows }) => sum + rows, 0) + empty;
  const legend: Legend = {
    kind: 'names',
    names: listed.map(({ name, ink, rows }) => ({ name, rows, colour: toCss(ink ?? inks.nothing) })),
    others:
      otherRows === 0
        ? null
        : {
            name: rest.length > 0 ? `${rest.length} more` : 'none',
            rows: otherRows,
            colour: toCss(inks.nothing),
          },
  };
  return {
    ...tableOf(
      values,
      names.map((_, code) => colours[code] ?? inks.nothing),
      inks,
    ),
    legend,
  };
}

function decisionInks({ nothing, good, bad, accent, warn }: MapInks): readonly Rgb[] {
  // undecided, keep, remove, relabel, later
  return [nothing, good, bad, accent, warn];
}

/** The ten most frequent have colours, in the order of the names. */
function frequentInks(counts: Float64Array, { categories }: MapInks): readonly (Rgb | null)[] {
  const codes = [...counts.keys()].sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b);
  const chosen = new Set(codes.slice(0, categories.length));
  let next = 0;
  return [...counts.keys()].map((code) => (chosen.has(code) ? (categories[next++] ?? null) : null));
}

function tableOf(values: Float32Array, colours: readonly Rgb[], inks: MapInks): Omit<ColourTable, 'legend'> {
  const nothing = packColour(inks.nothing);
  const faintNothing = packColour(mix(inks.surface, inks.nothing, faintShare));
  const packed = Uint32Array.from(colours, packColour);
  const faint = Uint32Array.from(colours, (colour) => packColour(mix(inks.surface, colour, faintShare)));
  return {
    colourOf: (row) => packed[values[row] as number] ?? nothing,
    faintOf: (row) => faint[values[row] as number] ?? faintNothing,
  };
}

const steps = 64;

/** Scores whose sign means something: red where removing the row lowers the validation loss. */
const effects: ReadonlySet<string> = new Set(
  scoreColumns.filter(({ kind }) => kind === 'effect').map(({ name }) => name),
);

/**
 * Colours for numbers, on a scale between the first and the last hundredth of them, of suspicion from 0 to 1; effects
 * about 0.
 */
export function colourNumbers(values: Float32Array, by: string, inks: MapInks): ColourTable {
  const { low, high, empty } = rangeOf(values, by);
  const colours = Array.from({ length: steps }, (_, step) => scaleInk(step / (steps - 1), effects.has(by), inks));
  const codes = values.map((value) =>
    Number.isNaN(value) ? NaN : Math.round((steps - 1) * Math.min(1, Math.max(0, (value - low) / (high - low || 1)))),
  );
  const legend: Legend = {
    kind: 'scale',
    low,
    high,
    colours: colours.filter((_, step) => step % 9 === 0).map(toCss),
    empty,
  };
  return { ...tableOf(codes, colours, inks), legend };
}

function scaleInk(share: number, isEffect: boolean, { low, accent, good, bad }: MapInks): Rgb {
  if (!isEffect) return mix(low, accent, share);
  return share < 0.5 ? mix(bad, low, 2 * share) : mix(low, good, 2 * share - 1);
}

function rangeOf(values: Float32Array, by: string): { low: number; high: number; empty: number } {
  const numbers = values.filter((value) => Number.isFinite(value)).sort();
  const empty = values.length - numbers.length;
  if (by === 'suspicion') return { low: 0, high: 1, empty };
  if (numbers.length === 0) return { low: 0, high: 1, empty };
  const at = (share: number): number => numbers[Math.round(share * (numbers.length - 1))] as number;
  const [low, high] = [at(0.01), at(0.99)];
  if (!effects.has(by)) return { low, high, empty };
  const size = Math.max(Math.abs(low), Math.abs(high));
  return { low: -size, high: size, empty };
}
