import { createRandom, type Random } from '../base/random';
import { drawBinomial, type Estimate, summarizeDraws } from './drawCounts';
import { estimateMissed, type PlantedFound, type SpotChecked } from './missedRows';
import type { SuspicionBin } from './progress';
import { wilsonInterval } from './wilson';
import { estimateWrongRate, type WrongRate } from './wrongRate';

/** Consecutive labelled training rows, most suspicious first, on one side of the threshold. */
export interface RankBlock {
  /** Rows before the first of them. */
  readonly place: number;
  readonly rows: number;
  /** Of the last of them, in the table of all rows. */
  readonly rank: number;
  /** Of the last of them, 0 … 1. */
  readonly suspicion: number;
  /** Mean over them. */
  readonly logOdds: number;
  readonly suspect: boolean;
  readonly pending: number;
  readonly later: number;
  readonly right: number;
  readonly wrong: number;
}

/** What is expected up to the end of a block. */
export interface StopPoint {
  /** Rows inspected or decided by then, in order of suspicion. */
  readonly place: number;
  readonly rank: number;
  readonly suspicion: number;
  /** Pending rows up to here. */
  readonly rows: number;
  /** Wrong labels expected among them. */
  readonly found: number;
  /** Share of wrong labels expected around here, with the middle 95 % of what it may be. */
  readonly rate: Estimate;
}

/** What was decided about some consecutive rows. */
interface DecidedBar {
  readonly from: number;
  readonly to: number;
  readonly decided: number;
  readonly wrong: number;
  /** Wrong of decided with its Wilson interval. */
  readonly rate: Estimate;
}

interface StopInput {
  /** All labelled training rows by suspicion. */
  readonly bins: readonly SuspicionBin[];
  /** The most suspicious of them in order; all suspects are among them. */
  readonly blocks: readonly RankBlock[];
  readonly seeded: readonly PlantedFound[];
  readonly spotCheck: SpotChecked;
}

interface StopFigures {
  /** Suspects. */
  readonly suspects: number;
  readonly kept: number;
  readonly wrong: number;
  readonly pending: number;
  readonly later: number;
  /** Wrong of decided suspects; null before the first decision. */
  readonly rate: Estimate | null;
  /** Wrong labels among the pending suspects. */
  readonly left: Estimate;
  /** Rows below the threshold without a decision, and the wrong labels among them. */
  readonly below: { readonly rows: number; readonly found: number } & ReturnType<typeof estimateMissed>;
  readonly points: readonly StopPoint[];
  readonly bars: readonly DecidedBar[];
}

const mostBars = 8;
/** Of a bar: the interval of fewer says nothing. */
const fewestRows = 10;
const seed = 2;

/** Everything that says when to stop, but for the limit itself. O((blocks + bins) · draws). */
export function computeStopFigures({ bins, blocks, seeded, spotCheck }: StopInput): StopFigures {
  const random = createRandom(seed);
  const rate = estimateWrongRate(bins);
  const suspects = bins.filter(({ suspect }) => suspect);
  const others = bins.filter(({ suspect }) => !suspect);
  const wrong = sum(suspects, (bin) => bin.wrong);
  const kept = sum(suspects, (bin) => bin.right);
  const left = drawWrong(rate, suspects, (bin) => bin.pending, random);
  const later = drawWrong(rate, suspects, (bin) => bin.later, random);
  const undecided = (bin: SuspicionBin): number => bin.pending + bin.later;
  const rowsBelow = sum(others, undecided);
  const foundBelow = sum(others, (bin) => bin.wrong);
  const missed = estimateMissed(
    {
      undecided: rowsBelow,
      found: foundBelow,
      above: left.map((count, draw) => count + later[draw] + wrong),
      bySuspicion: drawWrong(rate, others, undecided, random),
      seeded,
      spotCheck,
    },
    random,
  );
  return {
    suspects: sum(suspects, (bin) => undecided(bin) + bin.right + bin.wrong),
    kept,
    wrong,
    pending: sum(suspects, (bin) => bin.pending),
    later: sum(suspects, (bin) => bin.later),
    rate: shareOf(wrong, wrong + kept),
    left: summarizeDraws(left),
    below: { rows: rowsBelow, found: foundBelow, ...missed },
    points: expectByRank(rate, blocks),
    bars: groupDecided(blocks),
  };
}

/** Draws of the wrong labels among some rows of each bin. */
function drawWrong(
  rate: WrongRate,
  bins: readonly SuspicionBin[],
  rowsOf: (bin: SuspicionBin) => number,
  random: Random,
): Float64Array {
  const draws = new Float64Array(rate.draws);
  for (const bin of bins) {
    const rows = rowsOf(bin);
    if (rows === 0) continue;
    rate.at(bin.logOdds).forEach((share, draw) => {
      draws[draw] += drawBinomial(random, rows, share);
    });
  }
  return draws;
}

function expectByRank(rate: WrongRate, blocks: readonly RankBlock[]): StopPoint[] {
  let rows = 0;
  let found = 0;
  return blocks.map(({ place, rows: count, rank, suspicion, logOdds, pending }) => {
    const expected = summarizeDraws(rate.at(logOdds));
    rows += pending;
    found += pending * expected.value;
    return { place: place + count, rank, suspicion, rows, found, rate: expected };
  });
}

/** Bars of one round width up to the last row that was decided, those in which something was. */
function groupDecided(blocks: readonly RankBlock[]): DecidedBar[] {
  const decided = blocks.filter(({ right, wrong }) => right + wrong > 0);
  if (decided.length === 0) return [];
  const last = decided[decided.length - 1];
  const end = last.place + last.rows;
  const width = roundUp(end / Math.max(1, Math.min(mostBars, Math.floor(end / fewestRows))));
  const bars = new Map<number, { decided: number; wrong: number }>();
  for (const { place, rows, right, wrong } of decided) {
    const bar = Math.floor((place + (rows - 1) / 2) / width);
    const before = bars.get(bar) ?? { decided: 0, wrong: 0 };
    bars.set(bar, { decided: before.decided + right + wrong, wrong: before.wrong + wrong });
  }
  return [...bars].map(([bar, counts]) => ({
    from: bar * width,
    to: Math.min(end, (bar + 1) * width),
    ...counts,
    rate: { value: counts.wrong / counts.decided, ...wilsonInterval(counts.wrong, counts.decided) },
  }));
}

/** The next whole number, from 10 on the next round one: 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 120, … */
function roundUp(value: number): number {
  if (value <= 10) return Math.ceil(value);
  const steps = [10, 12, 15, 20, 25, 30, 40, 50, 60, 80];
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return unit * (steps.find((step) => step * unit >= value) ?? 100);
}

function shareOf(hits: number, total: number): Estimate | null {
  return total === 0 ? null : { value: hits / total, ...wilsonInterval(hits, total) };
}

function sum(bins: readonly SuspicionBin[], of: (bin: SuspicionBin) => number): number {
  return bins.reduce((total, bin) => total + of(bin), 0);
}
