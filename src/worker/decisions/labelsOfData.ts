import { spellingMap } from '../../core/labels/labelReading';
import { numberReader, styleOf } from '../datasets/cells/numberStyle';
import { createClassReader } from '../datasets/labels';
import type { ProjectStore } from '../store/projectStore';
import type { LabelReaders } from './statedDecisions';

const blockRows = 5_000;

interface LabelsOfData extends LabelReaders {
  /** The labels of these rows, spelt so; '' where a row has none. */
  readonly givenLabels: (rows: readonly number[]) => Promise<(row: number) => string>;
}

/** Labels as the latest audit has them. */
export function readLabels(store: ProjectStore): LabelsOfData {
  const label = store.sources.columns.find(({ role }) => role === 'label');
  const classes = store.audits.requireLatest().classes;
  if (classes.length === 0) {
    const number = numberReader(label === undefined ? { format: 'point' } : styleOf(label));
    return {
      decided: (text) => plainDigits(text.trim() === '' ? Number.NaN : Number(text)),
      written: (text) => plainDigits(number(text)),
      givenLabels: async (rows) => {
        const labels = new Map<number, string>();
        for (let start = 0; start < rows.length; start += blockRows) {
          const part = await store.review.readRows(rows.slice(start, start + blockRows));
          part.forEach(({ row, givenLabel }) => labels.set(row, givenLabel));
        }
        return (row) => labels.get(row) ?? '';
      },
    };
  }
  const reading = label === undefined ? null : store.log.state.labelReading(label.name);
  const read = createClassReader(classes, { spellings: spellingMap(reading), merge: reading?.choice === 'merge' });
  const readClass = (text: string): string | undefined => classes[read(text) ?? -1];
  return {
    decided: readClass,
    written: readClass,
    givenLabels: async () => {
      const { given } = await store.review.readGivenCodes();
      return (row) => classes[given[row] ?? -1] ?? '';
    },
  };
}

function plainDigits(value: number): string | undefined {
  return Number.isFinite(value) ? String(value) : undefined;
}
