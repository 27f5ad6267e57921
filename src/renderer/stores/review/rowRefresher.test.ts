import { describe, expect, it } from 'vitest';
import type { ReviewChange, ReviewRow } from '../../../contract/review';
import { RowBlocks } from './rowBlocks';
import { RowRefresher } from './rowRefresher';
import { makeTestRow } from './testReviewRows';

function harness() {
  const asked: { rows: number[]; answer: (rows: ReviewRow[]) => void }[] = [];
  const blocks = new RowBlocks({
    read: () => Promise.resolve([]),
    readNumbers: () => Promise.resolve(new Int32Array(0)),
    onChange: () => undefined,
    onError: () => undefined,
  });
  blocks.open(
    { viewId: 'v', total: 4 },
    0,
    [0, 1, 2, 3].map((row) => makeTestRow(row)),
  );
  const refresher = new RowRefresher({
    blocks,
    read: (rows) => new Promise((answer) => asked.push({ rows, answer })),
    onError: () => undefined,
  });
  return { blocks, refresher, asked };
}

/** The overview is not looked at here. */
const change = (rows: number[], rowCount = rows.length) =>
  ({ seq: 1, title: '', rows, rowCount, overview: {} }) as unknown as ReviewChange;

describe('RowRefresher', () => {
  it('shows a decision at once on the rows held', () => {
    const { blocks, refresher } = harness();
    refresher.show({ kind: 'rows', rows: [1, 999] }, { kind: 'keep' });
    expect(blocks.at(1)?.decision).toEqual({ kind: 'keep' });
    expect(blocks.at(0)?.decision).toBeNull();
    refresher.show({ kind: 'view', viewId: 'v', except: [0] }, { kind: 'remove' });
    expect([0, 1, 2, 3].map((place) => blocks.at(place)?.decision?.kind)).toEqual([
      undefined,
      'remove',
      'remove',
      'remove',
    ]);
  });

  it('reads changed rows again, all of those held when the change is too long to name', async () => {
    const { refresher, asked } = harness();
    refresher.mark(change([2, 777]));
    void refresher.flush();
    expect(asked[0].rows).toEqual([2]);
    refresher.mark(change([1], 5000));
    void refresher.flush();
    expect(asked[1].rows).toEqual([0, 1, 2, 3]);
  });

  it('does not cover a decision made while the answer was on its way', async () => {
    const { blocks, refresher, asked } = harness();
    refresher.mark(change([0, 1]));
    const done = refresher.flush();
    refresher.show({ kind: 'rows', rows: [0] }, { kind: 'remove' });
    asked[0].answer([makeTestRow(0, { decision: { kind: 'keep' } }), makeTestRow(1, { decision: { kind: 'keep' } })]);
    await done;
    expect(blocks.at(0)?.decision?.kind).toBe('remove');
    expect(blocks.at(1)?.decision?.kind).toBe('keep');
  });
});
