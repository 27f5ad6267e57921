import { type Annotations, gatherAnnotations } from '../../core/annotators/annotations';
import { InputError } from '../../core/base/errors';
import { formatCount, formatPlural } from '../../core/base/format';
import type { CancellationSignal } from '../../core/job/jobContext';
import { findSimilarLabels, isUnseen, type SimilarLabels } from '../../core/labels/similarLabels';
import { compareNaturally } from '../datasets/cells/cells';
import type { ColumnScan } from '../datasets/datasetTypes';
import { maxClasses } from '../datasets/labels';
import { quoteLabel } from '../labels/describeLabels';

/** Labels as they were read: who said what of which row. */
export interface ReadAnnotations {
  readonly annotations: Annotations;
  /** Names of the classes, in their natural order. */
  readonly classes: readonly string[];
  readonly annotators: readonly string[];
  readonly warnings: readonly string[];
}

/** Gathers labels as texts, one by one. */
export class AnnotationTexts {
  readonly #rows: number[] = [];
  readonly #annotators: number[] = [];
  readonly #labels: number[] = [];
  readonly #numberOf = new Map<string, number>();
  readonly #counts: number[] = [];

  /** A label without its blanks around it; one that is blank or cannot be seen is none. @throws InputError */
  add(row: number, annotator: number, cell: string): void {
    const text = cell.trim();
    if (text === '' || isUnseen(text)) return;
    let label = this.#numberOf.get(text);
    if (label === undefined) {
      label = this.#counts.length;
      if (label === maxClasses) {
        throw new InputError(
          `The annotators gave more than ${formatCount(maxClasses)} different labels: too many for classes. Check which columns are labels.`,
        );
      }
      this.#numberOf.set(text, label);
      this.#counts.push(0);
    }
    this.#counts[label]++;
    this.#rows.push(row);
    this.#annotators.push(annotator);
    this.#labels.push(label);
  }

  /** All of them, spellings that surely mean the same as one class. @throws InputError where there are no classes. */
  gather(rows: number, annotators: readonly string[]): ReadAnnotations {
    const spelt = [...this.#numberOf.keys()];
    const merged = new Map<string, string>();
    const counts = spelt.map((label, code) => ({ label, count: this.#counts[code] }));
    const similar = findSimilarLabels(counts);
    for (const { label, spellings, sure } of similar) {
      if (sure) for (const spelling of spellings) merged.set(spelling.label, label);
    }
    const classOf = (text: string): string => merged.get(text) ?? text;
    const classes = [...new Set(spelt.map(classOf))].sort(compareNaturally);
    if (classes.length < 2) {
      throw new InputError(
        classes.length === 0
          ? 'No annotator gave a label: all cells are blank. Check which columns are labels.'
          : `The annotators gave one class only, “${classes[0]}”: there is nothing to weigh.`,
      );
    }
    const place = new Map(classes.map((name, code) => [name, code]));
    const codes = Int32Array.from(spelt, (text) => place.get(classOf(text)) ?? 0);
    const { annotations, superseded } = gatherAnnotations(
      { rows, classes: classes.length, annotators: annotators.length },
      { row: this.#rows, annotator: this.#annotators, label: Int32Array.from(this.#labels, (code) => codes[code]) },
    );
    return {
      annotations,
      classes,
      annotators,
      warnings: [...warningsOf(merged, superseded), ...warnOfLikeness(similar)],
    };
  }
}

function warningsOf(merged: ReadonlyMap<string, string>, superseded: number): string[] {
  const other = [...merged].filter(([spelling, label]) => spelling !== label);
  return [
    ...(other.length === 0
      ? []
      : [
          `${formatPlural(other.length, 'spelling is', 'spellings are')} read as the class that surely is meant: ` +
            `${other
              .slice(0, 5)
              .map(([spelling, label]) => `“${spelling}” as “${label}”`)
              .join(', ')}${other.length > 5 ? ', …' : ''}.`,
        ]),
    ...(superseded === 0
      ? []
      : [
          `${formatPlural(superseded, 'label was', 'labels were')} given twice by the same annotator, differently: the last one counts.`,
        ]),
  ];
}

/** Of classes that may be one and are kept apart: each annotator has a spelling of his own. */
function warnOfLikeness(similar: readonly SimilarLabels[]): string[] {
  const perhaps = similar.filter(({ sure }) => !sure);
  if (perhaps.length === 0) return [];
  const named = perhaps
    .slice(0, 5)
    .map(({ spellings }) => spellings.map(({ label }) => quoteLabel(label)).join(' and '))
    .join(', ');
  return [
    `Classes that look alike are kept apart: ${named}${perhaps.length > 5 ? ', …' : ''}. If they mean the same, write them in one way: annotators who spell a class each in their own way seem to contradict each other.`,
  ];
}

interface LabelColumns {
  readonly index: number;
  readonly name: string;
}

/** Labels of which each annotator has a column. O(n·m). */
export async function readLabelColumns(
  scan: ColumnScan,
  columns: readonly LabelColumns[],
  rows: number,
  signal: CancellationSignal,
): Promise<ReadAnnotations> {
  const texts = new AnnotationTexts();
  await scan(
    columns.map(({ index }) => index),
    (firstRow, cells) => {
      cells.forEach((column, annotator) => column.forEach((cell, k) => texts.add(firstRow + k, annotator, cell)));
    },
    signal,
  );
  return texts.gather(
    rows,
    columns.map(({ name }) => name),
  );
}
