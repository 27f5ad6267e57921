import type { Column, SimilarGroup, SimilarLabelsSummary } from '../../contract/dataset';
import {
  countClasses,
  decideReading,
  describeSimilarity,
  type SimilarityState,
  spellingMap,
} from '../../core/labels/labelReading';
import { isUnseen, type LabelCount, type SimilarLabels } from '../../core/labels/similarLabels';
import { findSetAside } from '../jobs/setAsideRows';
import type { ProjectStore } from '../store/projectStore';
import type { ValueCounts } from '../store/sources/sourceRows';

/** Cells read together. */
const cellsAtOnce = 1_000;

/** A label column with more spellings than this is no label, and nobody looks for those that are alike. */
const mostSpellings = 3_000;

/** Groups handed to the window. */
const shownGroups = 200;

/** What the label column holds, counted over all rows. */
export interface LabelSummary {
  readonly column: string;
  /**
   * Labels as they are spelt, without blanks around them, most frequent first. Of a column with too many: the first
   * 3,000.
   */
  readonly spellings: readonly LabelCount[];
  /** The classes that an audit uses, most frequent first. */
  readonly classes: readonly LabelCount[];
  /** Of the column as it is read; above 3,000 an upper bound. */
  readonly classCount: number;
  readonly unlabelled: number;
  /** Rows whose label has blanks around it, and one of these cells as it stands; they do not count. */
  readonly padded: { readonly rows: number; readonly example: string };
  readonly similarity: SimilarityState;
  /** The same for the window; null when nothing looks alike. */
  readonly similar: SimilarLabelsSummary | null;
}

/** null when no column is the label. One look at one column. */
export async function readLabelSummary(store: ProjectStore): Promise<LabelSummary | null> {
  const label = store.sources.columns.find((column) => column.role === 'label');
  if (label === undefined) return null;
  const counted = await store.sources.countValues(label.index, mostSpellings);
  const { values, distinct, blank } = withoutCells(counted, await readSetAsideCells(store, label));
  const { spellings, unlabelled, padded } = trimLabels(values);
  const all = distinct <= mostSpellings;
  const reading = store.log.state.labelReading(label.name);
  const similarity: SimilarityState = all
    ? describeSimilarity(spellings, reading)
    : { sure: [], perhaps: [], state: 'none' };
  const classes = countClasses(spellings, spellingMap(reading));
  return {
    column: label.name,
    spellings,
    classes,
    classCount: all ? classes.length : distinct,
    unlabelled: blank + unlabelled,
    padded,
    similarity,
    similar: all ? summarizeSimilar(label.name, spellings, similarity) : null,
  };
}

/**
 * Cells in the label's place of rows that an audit sets aside: they are no labels, unless the analyst says so for an
 * audit.
 */
async function readSetAsideCells(store: ProjectStore, label: Column): Promise<string[]> {
  const { rows } = await findSetAside(store, label, { ragged: 'set-aside' });
  const asked = [...rows];
  const cells: string[] = [];
  for (let start = 0; start < asked.length; start += cellsAtOnce) {
    const part = await store.sources.readCells(asked.slice(start, start + cellsAtOnce), [label.index]);
    cells.push(...part.map(([cell = '']) => cell));
  }
  return cells;
}

/** Counts less these cells, which are among those counted; they count as unlabelled rows. */
function withoutCells(counted: ValueCounts, cells: readonly string[]): ValueCounts {
  if (cells.length === 0) return counted;
  const counts = new Map(counted.values.map(({ value, count }) => [value, count]));
  let { blank } = counted;
  for (const cell of cells) {
    const value = counts.has(cell) ? cell : cell.trim();
    const count = counts.get(value);
    if (count === undefined) continue;
    counts.set(value, count - 1);
    blank++;
  }
  const values = [...counts].flatMap(([value, count]) => (count > 0 ? [{ value, count }] : []));
  return { values, blank, distinct: counted.distinct - (counted.values.length - values.length) };
}

/** Labels as the audit reads them: without blanks of any kind around them; what cannot be seen at all is no label. */
function trimLabels(
  values: readonly { readonly value: string; readonly count: number }[],
): Pick<LabelSummary, 'spellings' | 'unlabelled' | 'padded'> {
  const counts = new Map<string, number>();
  let unlabelled = 0;
  let padded = { rows: 0, example: '' };
  for (const { value, count } of values) {
    const label = value.trim();
    if (label === '' || isUnseen(label)) {
      unlabelled += count;
      continue;
    }
    if (label !== value) padded = { rows: padded.rows + count, example: padded.example || value };
    counts.set(label, (counts.get(label) ?? 0) + count);
  }
  const spellings = [...counts].map(([label, count]) => ({ label, count }));
  spellings.sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1));
  return { spellings, unlabelled, padded };
}

function summarizeSimilar(
  column: string,
  spellings: readonly LabelCount[],
  { state }: SimilarityState,
): SimilarLabelsSummary | null {
  const { sure, perhaps } = describeSimilarity(spellings, null);
  if (sure.length + perhaps.length === 0) return null;
  const classes = (choice: 'merge' | 'keep', loose: boolean): number =>
    countClasses(spellings, spellingMap(decideReading(spellings, choice, loose))).length;
  const shown = (groups: readonly SimilarLabels[]): SimilarGroup[] =>
    groups.slice(0, shownGroups).map((group) => ({
      label: group.label,
      spellings: [...group.spellings],
      likeness: [...group.likeness],
    }));
  return {
    column,
    state,
    sure: shown(sure),
    perhaps: shown(perhaps),
    classesApart: classes('keep', false),
    classesMerged: classes('merge', false),
    classesAllMerged: classes('merge', true),
  };
}
