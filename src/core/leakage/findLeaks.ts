import type { ColumnTell, MeasuredColumn } from './columnTell';
import { countClasses, measureColumn } from './columnTell';

/** A column, or several together, from which the label can be read off. */
interface Leak {
  /** Places of the columns as they were handed over. */
  readonly columns: readonly number[];
  /** Share of the rows whose label they predict. */
  readonly accuracy: number;
}

export interface LeakReport {
  /** Labelled rows measured. */
  readonly rows: number;
  /** Share of the largest class: what guessing it every time is right in. */
  readonly majority: number;
  /** Accuracy of each column alone, in the order in which they were handed over. */
  readonly accuracies: readonly number[];
  /** Most accurate first. */
  readonly leaks: readonly Leak[];
}

/** Fewer rows tell a leak from luck no more. */
export const leastRows = 20;
/**
 * A column that gives the label away makes at most this share of the errors of the best honest one, or is this much
 * more accurate.
 */
const clearly = { share: 0.5, gap: 0.02 };
/** Of the errors of never guessing a class, a two-valued column that stands for it leaves this share. */
const indicatorErrors = 0.05;

/** Takes columns one by one, so that they need not be in memory together. */
export class LeakFinder {
  readonly #labels: Int32Array;
  readonly #classes: number;
  readonly #sizes: Int32Array;
  readonly #tells: ColumnTell[] = [];
  readonly #indicators: (Indicator | null)[] = [];

  /** `labels`: a class code for each row of the sample, none of them −1. */
  constructor(labels: Int32Array, classes: number) {
    this.#labels = labels;
    this.#classes = classes;
    this.#sizes = countClasses(labels, classes);
  }

  add(column: MeasuredColumn): void {
    this.#tells.push(measureColumn(column, this.#labels, this.#classes));
    this.#indicators.push(findIndicator(column.cells, this.#labels, this.#sizes));
  }

  finish(): LeakReport {
    const rows = this.#labels.length;
    const accuracies = this.#tells.map(({ accuracy }) => accuracy);
    const report = { rows, majority: rows === 0 ? 0 : Math.max(...this.#sizes) / rows, accuracies };
    if (rows < leastRows) return { ...report, leaks: [] };
    const honest = this.#tells.filter(({ tells }) => tells === 'no').map(({ accuracy }) => accuracy);
    const best = Math.max(report.majority, ...honest);
    const isClear = ({ accuracy }: ColumnTell): boolean =>
      1 - accuracy <= clearly.share * (1 - best) || accuracy - best >= clearly.gap;
    const ordered = this.#tells.filter(({ tells }) => tells === 'by order').length;
    const leaks = this.#tells.flatMap((tell, place): Leak[] => {
      // Two measurements that each part the classes, as of petals, are what an easy dataset looks like.
      const given =
        tell.tells === 'exactly' ||
        tell.tells === 'as a code' ||
        (tell.tells === 'nearly' && isClear(tell)) ||
        (tell.tells === 'by order' && ordered === 1 && 1 - best >= clearly.gap);
      return given ? [{ columns: [place], accuracy: tell.accuracy }] : [];
    });
    const together = leaks.length === 0 ? this.#findTogether() : null;
    return {
      ...report,
      leaks: [...leaks, ...(together === null ? [] : [together])].sort((a, b) => b.accuracy - a.accuracy),
    };
  }

  /** Two-valued columns, each of which stands for a class, that leave at most one class without one. */
  #findTogether(): Leak | null {
    const present = [...this.#sizes.keys()].filter((c) => this.#sizes[c] > 0);
    if (present.length < 3) return null;
    const standing = new Map<number, { place: number; indicator: Indicator }>();
    this.#indicators.forEach((indicator, place) => {
      if (indicator === null) return;
      const before = standing.get(indicator.label);
      if (before === undefined || indicator.errors < before.indicator.errors) {
        standing.set(indicator.label, { place, indicator });
      }
    });
    if (standing.size < present.length - 1) return null;
    const left = present.find((c) => !standing.has(c)) ?? -1;
    const all = [...standing.values()];
    let right = 0;
    for (let i = 0; i < this.#labels.length; i++) {
      const said = all.filter(({ indicator }) => indicator.rows[i] === 1);
      const predicted = said.length === 1 ? said[0].indicator.label : said.length === 0 ? left : -1;
      if (predicted === this.#labels[i]) right++;
    }
    return { columns: all.map(({ place }) => place).sort((a, b) => a - b), accuracy: right / this.#labels.length };
  }
}

/** A two-valued column that is one value in the rows of a class, and the other elsewhere. */
interface Indicator {
  readonly label: number;
  readonly errors: number;
  /** 1 where it says the class. */
  readonly rows: Uint8Array;
}

function findIndicator(cells: readonly string[], labels: Int32Array, sizes: Int32Array): Indicator | null {
  const first = cells[0];
  const second = cells.find((cell) => cell !== first);
  if (second === undefined || cells.some((cell) => cell !== first && cell !== second)) return null;
  for (const value of [first, second]) {
    const inValue = new Int32Array(sizes.length);
    let rows = 0;
    for (let i = 0; i < labels.length; i++) {
      if (cells[i] !== value) continue;
      inValue[labels[i]]++;
      rows++;
    }
    const label = inValue.indexOf(Math.max(...inValue));
    const errors = rows - inValue[label] + (sizes[label] - inValue[label]);
    if (errors <= indicatorErrors * Math.min(sizes[label], labels.length - sizes[label])) {
      return { label, errors, rows: Uint8Array.from(cells, (cell) => (cell === value ? 1 : 0)) };
    }
  }
  return null;
}
