import { describe, expect, it } from 'vitest';
import type { Column } from '../../contract/dataset';
import { InputError } from '../../core/base/errors';
import type { ColumnScan } from '../datasets/datasetTypes';
import { readPredictions } from './readPredictions';

function column(index: number, name: string, parts: Partial<Column> = {}): Column {
  return {
    index,
    name,
    type: 'number',
    role: 'probability',
    reason: '',
    missing: 0,
    distinct: null,
    range: null,
    examples: [],
    ...parts,
  };
}

/** The rows two at a time. */
function scanOf(rows: readonly (readonly string[])[]): ColumnScan {
  return async (indices, onBlock) => {
    for (let first = 0; first < rows.length; first += 2) {
      const block = rows.slice(first, first + 2);
      await onBlock(
        first,
        indices.map((index) => block.map((row) => row[index] ?? '')),
      );
    }
  };
}

const classes = ['cat', 'dog', 'fish'];
const columns = [
  column(0, 'id', { role: 'id' }),
  ...['fish', 'cat', 'dog'].map((name, k) => column(k + 1, `p_${name}`)),
];

function expectRow(probabilities: Float32Array | undefined, row: number, expected: readonly number[]): void {
  const found = [...(probabilities ?? []).slice(expected.length * row, expected.length * (row + 1))];
  found.forEach((value, c) => expect(value).toBeCloseTo(expected[c] ?? Number.NaN, 6));
  expect(found).toHaveLength(expected.length);
}

describe('readPredictions', () => {
  it('reads fractions and percent by class, whatever the order of the columns', async () => {
    const rows = [
      ['a', '0.2', '0.5', '0.3'],
      ['b', '20', '50', '30'],
      ['c', '0.33', '0.33', '0.33'],
    ];
    const { probabilities, notes } = await readPredictions({
      columns,
      classes,
      parts: [{ scan: scanOf(rows), rows: 3 }],
    });
    expectRow(probabilities, 0, [0.5, 0.3, 0.2]);
    expectRow(probabilities, 1, [0.5, 0.3, 0.2]);
    expectRow(probabilities, 2, [1 / 3, 1 / 3, 1 / 3]);
    expect(notes).toEqual([]);
  });

  it('says nothing of rows without probabilities, and says so', async () => {
    const rows = [
      ['a', '', '0.5', '0.5'],
      ['b', '0.9', '0.9', '0.9'],
      ['c', '-0.5', '1', '0.5'],
      ['d', 'x', '1', '0'],
      ['e', '0', '1', '0'],
    ];
    const validation = [['f', '1', '0', '0']];
    const { probabilities, notes } = await readPredictions({
      columns,
      classes,
      parts: [
        { scan: scanOf(rows), rows: 5 },
        { scan: scanOf(validation), rows: 1 },
      ],
    });
    for (const row of [0, 1, 2, 3]) expectRow(probabilities, row, [1 / 3, 1 / 3, 1 / 3]);
    expectRow(probabilities, 4, [1, 0, 0]);
    expectRow(probabilities, 5, [0, 0, 1]);
    expect(notes).toEqual([
      '1 row has no predicted probabilities: the other experts judge them.',
      'The predicted probabilities of 3 rows (the first is row 1) are not between 0 and 1, or do not add up to 1: they are not used.',
    ]);
  });

  it('gives the other of two classes the rest', async () => {
    const reading = { decimal: 'comma', unit: '%', grouped: false } as const;
    const limits = { limits: { count: 0, example: '' }, markers: [], unread: { count: 0, example: '' } };
    const shares = column(0, 'prob_spam', { format: 'comma', reading: { ...reading, ...limits } });
    const rows = [['97,5 %'], ['100 %'], ['101 %']];
    const { probabilities } = await readPredictions({
      columns: [shares],
      classes: ['ham', 'spam'],
      parts: [{ scan: scanOf(rows), rows: 3 }],
    });
    expectRow(probabilities, 0, [0.025, 0.975]);
    expectRow(probabilities, 1, [0, 1]);
    expectRow(probabilities, 2, [0.5, 0.5]);
  });

  it('refuses columns of other classes where somebody chose them, and leaves guessed ones out', async () => {
    const parts = [{ scan: scanOf([]), rows: 0 }];
    const asked = readPredictions({ columns, classes: ['cat', 'dog'], parts });
    await expect(asked).rejects.toThrow(InputError);
    await expect(asked).rejects.toThrow(/are not one for each class \(“cat”, “dog”\)\. Name each after its class/);
    const guessed = columns.map((one) => ({ ...one, reason: 'named like a predicted probability of “cat”' }));
    const { probabilities, notes } = await readPredictions({ columns: guessed, classes: ['cat', 'dog'], parts });
    expect(probabilities).toBeUndefined();
    expect(notes.join()).toMatch(/They are not used/);
  });

  it('is nothing where no column has the role', async () => {
    const ids = columns.slice(0, 1);
    expect(await readPredictions({ columns: ids, classes, parts: [] })).toEqual({
      probabilities: undefined,
      notes: [],
    });
  });
});
