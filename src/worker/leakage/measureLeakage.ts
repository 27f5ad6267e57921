import type { Column, Leakage } from '../../contract/dataset';
import { InputError } from '../../core/base/errors';
import { createRandom } from '../../core/base/random';
import type { CancellationSignal } from '../../core/job/jobContext';
import { decideReading, type SpellingMap, spellingMap } from '../../core/labels/labelReading';
import { LeakFinder, type LeakReport, leastRows } from '../../core/leakage/findLeaks';
import { isMissing } from '../datasets/cells/cells';
import { numberReader, styleOf } from '../datasets/cells/numberStyle';
import type { Labels } from '../datasets/datasetTypes';
import { featureColumns } from '../datasets/features/featureColumns';
import { readLabels } from '../datasets/labels';
import { quoteLabel } from '../labels/describeLabels';
import { readLabelSummary } from '../labels/labelSummary';
import { isNumericLabel } from '../labels/numericLabel';
import type { ProjectStore } from '../store/projectStore';

/** Rows measured at most, fewer in wide tables: so many cells in all. */
const mostRows = 10_000;
const mostCells = 500_000;
const fewestRows = 200;
/** Cells held at a time; as many columns as one text of the store holds, or several times as many, come cheapest. */
const cellsAtOnce = 300_000;
const columnsAtOnce = 64;
/** Rows asked for at a time: a few thousand cost one look at the whole table, as one more does. */
const rowsAtOnce = 5_000;
/** Honest columns named beside a leak. */
const shownOthers = 2;
const seed = 7;

/** What the measurement depends on: while it stays the same, so does the result. */
export function leakageKey(store: ProjectStore): string {
  const label = store.sources.columns.find(({ role }) => role === 'label');
  const reading = label === undefined ? null : store.log.state.labelReading(label.name);
  return `${leakageKeyStart(store)}${JSON.stringify(reading === null ? null : [...spellingMap(reading)])}`;
}

/**
 * The part of the key that is about columns. Where only the reading of labels differs, what was measured is shown until
 * it is measured again.
 */
export function leakageKeyStart(store: ProjectStore): string {
  const label = store.sources.columns.find(({ role }) => role === 'label');
  const features = store.sources.columns
    .filter(({ role }) => role === 'feature')
    .map(({ index, type }) => [index, type]);
  return JSON.stringify([label?.index ?? null, features]);
}

/**
 * How labels are read; while nobody has decided, as one class where they surely are one: a column tells the class, not
 * its spelling.
 */
async function currentSpellings(store: ProjectStore, label: Column): Promise<SpellingMap> {
  const reading = store.log.state.labelReading(label.name);
  if (reading !== null) return spellingMap(reading);
  const labels = await readLabelSummary(store);
  return spellingMap(labels === null ? null : decideReading(labels.spellings, 'merge', false));
}

/**
 * How well each feature column alone tells the label, on a sample of at most 10,000 labelled rows drawn by a fixed
 * seed; null where there is nothing to measure: no label or feature column, or too few labelled rows. Gives way to
 * other work between columns. O(rows · columns), half a million cells at most, but 200 rows in any case.
 */
export async function measureLeakage(
  store: ProjectStore,
  signal: CancellationSignal,
): Promise<Omit<Leakage, 'accepted'> | null> {
  const { source, columns } = store.sources;
  const label = columns.find(({ role }) => role === 'label');
  const features = featureColumns(columns);
  if (source === null || label === undefined || features.length === 0) return null;
  // What is told is a class.
  if (isNumericLabel(label, source.rowCount)) return null;
  const labels = await readCodes(store, label, source.rowCount, signal);
  if (labels === null) return null;
  const rows = drawRows(labels, features.length);
  if (rows.length < leastRows) return null;
  const sample = Int32Array.from(rows, (row) => labels.codes[row]);
  const finder = new LeakFinder(sample, labels.classes.length);
  const most = Math.max(1, Math.floor(cellsAtOnce / rows.length));
  const width = most < columnsAtOnce ? most : most - (most % columnsAtOnce);
  for (let from = 0; from < features.length; from += width) {
    const part = features.slice(from, from + width);
    const cells = await readColumns(store, rows, part, signal);
    for (let k = 0; k < part.length; k++) {
      finder.add({
        cells: cells[k].map((cell) => (isMissing(cell) ? '' : cell.trim())),
        numbers: numbersOf(part[k], cells[k]),
      });
      await new Promise<void>((resolve) => setImmediate(resolve));
      signal.throwIfCancelled();
    }
  }
  return describe(store, finder.finish(), { rows, sample, labels, features });
}

async function readCodes(
  store: ProjectStore,
  label: Column,
  rowCount: number,
  signal: CancellationSignal,
): Promise<Labels | null> {
  try {
    return await readLabels(store.sources.scan, label, rowCount, {
      signal,
      spellings: await currentSpellings(store, label),
    });
  } catch (error) {
    // One class, or too many: the audit says so.
    if (error instanceof InputError) return null;
    throw error;
  }
}

/** Labelled rows, ascending. */
function drawRows({ codes }: Labels, columnCount: number): Int32Array {
  const labelled = Int32Array.from(codes.keys()).filter((row) => codes[row] >= 0);
  const wanted = Math.min(mostRows, Math.max(fewestRows, Math.floor(mostCells / columnCount)));
  if (labelled.length <= wanted) return labelled;
  createRandom(seed).shuffle(labelled);
  return labelled.slice(0, wanted).sort();
}

/** The cells of some columns, column by column. */
async function readColumns(
  store: ProjectStore,
  rows: Int32Array,
  columns: readonly Column[],
  signal: CancellationSignal,
): Promise<string[][]> {
  const cells: string[][] = columns.map(() => []);
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    const block = await store.sources.readCells(
      [...rows.subarray(from, from + rowsAtOnce)],
      columns.map(({ index }) => index),
    );
    for (const row of block) row.forEach((cell, k) => cells[k].push(cell));
    signal.throwIfCancelled();
  }
  return cells;
}

function numbersOf(column: Column, cells: readonly string[]): Float64Array | null {
  if (column.type !== 'number' && column.type !== 'integer') return null;
  return Float64Array.from(cells, numberReader(styleOf(column)));
}

async function describe(
  store: ProjectStore,
  report: LeakReport,
  found: {
    readonly rows: Int32Array;
    readonly sample: Int32Array;
    readonly labels: Labels;
    readonly features: readonly Column[];
  },
): Promise<Omit<Leakage, 'accepted'>> {
  const { rows, sample, labels, features } = found;
  const leaking = new Set(report.leaks.flatMap(({ columns }) => columns));
  const others = report.accuracies
    .map((accuracy, place) => ({ column: features[place].name, accuracy, place }))
    .filter(({ place }) => !leaking.has(place))
    .sort((a, b) => b.accuracy - a.accuracy)
    .slice(0, shownOthers);
  const example = sample.indexOf(sample[0]);
  const leaks = [];
  for (const { columns, accuracy } of report.leaks) {
    const [cells] = await store.sources.readCells(
      [rows[example]],
      columns.map((place) => features[place].index),
    );
    const said = columns.map((place, k) => `${features[place].name} ${quoteLabel(cells[k])}`);
    leaks.push({
      columns: columns.map((place) => features[place].name),
      accuracy,
      example: `${said.join(', ')} where ${store.sources.columns.find(({ role }) => role === 'label')?.name ?? 'the label'} is ${quoteLabel(labels.classes[sample[example]])}`,
    });
  }
  return {
    rows: report.rows,
    majority: report.majority,
    leaks,
    others: others.map(({ column, accuracy }) => ({ column, accuracy })),
  };
}
