import { type Copies } from './copySets';
import type { IssueName, OddityName } from './mediaIssues';
import { findPictureCopies } from './nearPictures';
import { type AbsoluteLimit, beyondLimit, type Fence, outsideFence } from './oddity';

/** What is known of m pictures, c in each of n rows, row by row; NaN throughout for one that cannot be read. */
export interface PictureFacts {
  /** c. */
  readonly columns: number;
  readonly width: Float64Array;
  readonly height: Float64Array;
  /** As pictureMeasures.ts has them. */
  readonly brightest: Float64Array;
  readonly darkest: Float64Array;
  readonly entropy: Float64Array;
  readonly sharpness: Float64Array;
  readonly colour: Float64Array;
  /** m: what is the same in equal pictures; '' for one that cannot be read. */
  readonly contents: readonly string[];
  /** m thumbnails, see nearPictures.ts. */
  readonly thumbnails: Uint8Array;
}

/** Scores of rows, 0–1, by issue: see {@link OddityName}. NaN where a picture cannot be judged. */
export type OddityScores = Partial<Record<OddityName, Float64Array>>;

/** What is darker than the first is dark, black is worst. These and those of bright are CleanVision's (0.3). */
const dark: AbsoluteLimit = { none: 0.64, limit: 0.32, worst: 0 };
const bright: AbsoluteLimit = { none: 0.9, limit: 0.95, worst: 1 };
/** Bits: a picture of four colours has 2 at most. */
const lowInformation: AbsoluteLimit = { none: 6, limit: 2, worst: 0 };

/** Where most pictures are dark, the dark ones are not odd: what exceeds a limit must lie outside these as well. */
const darkFence: Fence = { side: 'low', reach: 1.5, leastSpread: 0.05 };
const brightFence: Fence = { side: 'high', reach: 1.5, leastSpread: 0.05 };
const lowInformationFence: Fence = { side: 'low', reach: 1, leastSpread: 0.25 };
/** Of the logarithm of sharpness. */
const blurFence: Fence = { side: 'low', reach: 2, leastSpread: Math.log(1.25) };
/** Of logarithms: where all are alike, sizes and shapes are odd from about twice or half of theirs on. */
const sizeFence: Fence = { side: 'both', reach: 3, leastSpread: Math.log(1.25) };

/** A picture with less colour than that is grey: JPEG files of grey pictures have traces of it. */
const grey: AbsoluteLimit = { none: 0.03, limit: 0.02, worst: 0.01 };
/** Colours of dark and of bright pictures differ less: by the brightness, or what it lacks, at least so much. */
const leastRange = 0.05;
/** Share of the pictures around a grey one that have colour. */
const coloured: AbsoluteLimit = { none: 0.6, limit: 0.8, worst: 1 };
/** A class of fewer pictures does not say what is usual. */
const fewPictures = 5;

/**
 * Scores of the issues asked for. A row with several pictures has the score of the worst of them. `labels`: n, −1 where
 * there is none or labels are no classes. O(m).
 */
export function scorePictures(facts: PictureFacts, labels: Int32Array, names: readonly IssueName[]): OddityScores {
  const { columns } = facts;
  const scorers: Record<string, () => Float64Array> = {
    dark: () => both(limited(facts.brightest, dark), outsideFence(facts.brightest, darkFence)),
    bright: () => both(limited(facts.darkest, bright), outsideFence(facts.darkest, brightFence)),
    blurred: () => orZero(outsideFence(logarithms(facts.sharpness), blurFence), facts.width),
    'low-information': () =>
      both(limited(facts.entropy, lowInformation), outsideFence(facts.entropy, lowInformationFence)),
    'odd-size': () => outsideFence(sizesOf(facts), sizeFence),
    'odd-shape': () => outsideFence(shapesOf(facts), sizeFence),
    grey: () => scoreGrey(facts, labels),
    unreadable: () => facts.width.map((width) => (Number.isNaN(width) ? 1 : 0)),
  };
  const scores: Partial<Record<string, Float64Array>> = {};
  for (const name of names) {
    const scorer = scorers[name];
    if (scorer !== undefined) scores[name] = worstOfRows(scorer(), columns);
  }
  // Names of pictures' issues only.
  return scores as OddityScores;
}

/** Rows whose pictures are all copies of another row's. */
export function findCopiesOfPictures({ columns, contents, thumbnails }: PictureFacts): Copies {
  const keys = Array.from({ length: contents.length / columns }, (_, row) => {
    const own = contents.slice(row * columns, (row + 1) * columns);
    return own.includes('') ? null : own.join(' ');
  });
  return findPictureCopies({ keys, thumbnails });
}

function limited(values: Float64Array, limit: AbsoluteLimit): Float64Array {
  return values.map((value) => beyondLimit(value, limit));
}

/** The lower of two scores. */
function both(one: Float64Array, other: Float64Array): Float64Array {
  return one.map((score, i) => Math.min(score, other[i]));
}

/** Without an edge nothing is blurred: 0 where a picture was read and has no score. */
function orZero(scores: Float64Array, read: Float64Array): Float64Array {
  return scores.map((score, i) => (Number.isNaN(score) && !Number.isNaN(read[i]) ? 0 : score));
}

function logarithms(values: Float64Array): Float64Array {
  return values.map((value) => Math.log(Math.max(value, Number.MIN_VALUE)));
}

function sizesOf({ width, height }: PictureFacts): Float64Array {
  return width.map((across, i) => Math.log(across * height[i]) / 2);
}

function shapesOf({ width, height }: PictureFacts): Float64Array {
  return width.map((across, i) => Math.log(across / height[i]));
}

/** How grey each is, by how coloured its class and all pictures are. */
function scoreGrey(facts: PictureFacts, labels: Int32Array): Float64Array {
  const { columns } = facts;
  const colour = coloursOf(facts);
  const counts = new Map<number, { all: number; coloured: number }>();
  const everybody = -2;
  for (let i = 0; i < colour.length; i++) {
    if (Number.isNaN(colour[i])) continue;
    for (const group of [everybody, labels[Math.floor(i / columns)]]) {
      const count = counts.get(group) ?? { all: 0, coloured: 0 };
      counts.set(group, count);
      count.all++;
      if (colour[i] >= grey.limit) count.coloured++;
    }
  }
  const shareOf = (group: number): number => {
    const count = counts.get(group);
    if (count === undefined || group === -1 || count.all < fewPictures) return 1;
    return count.coloured / count.all;
  };
  return colour.map((value, i) => {
    const around = Math.min(shareOf(everybody), shareOf(labels[Math.floor(i / columns)]));
    return Math.min(beyondLimit(value, grey), beyondLimit(around, coloured));
  });
}

/** How coloured pictures are for their light: in the dark, and near white, there is room for less colour. */
function coloursOf({ colour, brightest, darkest }: PictureFacts): Float64Array {
  return colour.map((value, i) => value / Math.max(leastRange, Math.min(brightest[i], 1 - darkest[i])));
}

function worstOfRows(scores: Float64Array, columns: number): Float64Array {
  if (columns === 1) return scores;
  return Float64Array.from({ length: scores.length / columns }, (_, row) => {
    let worst = Number.NaN;
    for (const score of scores.subarray(row * columns, (row + 1) * columns)) {
      if (!(worst >= score) && !Number.isNaN(score)) worst = score;
    }
    return worst;
  });
}
