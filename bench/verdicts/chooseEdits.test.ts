import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/base/random';
import type { EditKind, JudgedRows } from './chooseEdits';
import { chooseEdits } from './chooseEdits';

const n = 1_000;
const train = Int32Array.from({ length: 800 }, (_, row) => row);
/** Errors are rows 0 … 39; suspected are rows 10 … 59, the later the more. */
const suspicion = Float64Array.from({ length: n }, (_, row) => (row >= 10 && row < 60 ? 0.5 + row / 200 : 0.01));
const judged: JudgedRows = {
  suspicion,
  logOdds: suspicion.map((s) => Math.log(s / (1 - s))),
  wrong: Uint8Array.from({ length: n }, (_, row) => Number(row < 40)),
};
const chosen = (from = judged): [EditKind, number[]][] =>
  chooseEdits(train, from, createRandom(1)).map(({ kind, rows }) => [kind, [...rows]]);
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);

describe('chooseEdits', () => {
  it('takes list and top, and random and suspected rows of both sizes', () => {
    const edits = chosen();
    expect(edits.map(([kind, rows]) => [kind, rows.length])).toEqual([
      ['top', 8],
      ['list', 50],
      ['relabelled', 50],
      ['errors', 8],
      ['right', 8],
      ['suspected right', 8],
      ['errors', 40],
      ['right', 50],
      ['suspected right', 50],
    ]);
    expect(edits[0][1]).toEqual(range(52, 60));
    expect(edits[1][1]).toEqual(range(10, 60));
    expect(edits[5][1]).toEqual(range(52, 60));
    for (const [kind, rows] of edits) {
      if (kind === 'errors') expect(rows.every((row) => row < 40)).toBe(true);
      if (kind === 'right' || kind === 'suspected right') expect(rows.every((row) => row >= 40)).toBe(true);
    }
  });

  it('leaves out what is not there', () => {
    const trusted = chosen({ ...judged, suspicion: new Float64Array(n), wrong: new Uint8Array(n) });
    expect(trusted.map(([kind]) => kind)).toEqual(['top', 'right', 'suspected right']);
  });
});
