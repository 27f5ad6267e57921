import { describe, expect, it } from 'vitest';
import { editShiftSchema } from '../../contract/editShift';
import { auditFeatures } from '../../core/audit/auditFeatures';
import { NumericalError } from '../../core/base/errors';
import { splitCodes } from '../../core/base/splitCodes';
import { createExactNeighbourSearch } from '../../core/ranking/neighbours/exactNeighbours';
import type { Decision, RowReview } from '../../core/review/decisions';
import { openAuditSession } from '../../core/session/auditSession';
import type { EditShiftRequest } from '../../core/session/sessionTypes';
import { createTestContext, syntheticRows } from '../../core/testing/testData';
import type { ComputeClient } from '../compute/thread/computeClient';
import type { ProjectStore } from '../store/projectStore';
import { askEditShift, chooseNewLabels } from './editShift';
import type { SessionFacts } from './sessionFacts';

const reviewed = (decision: Decision): RowReview => ({ decision, note: '', time: '', reviewer: '' });

describe('new labels of rows in thought', () => {
  it('are those decided, else those suggested; kept rows keep theirs', () => {
    const facts = { classes: ['a', 'b', 'c'], labels: Int32Array.of(0, 0, 0, 1, 1, 2) };
    const suggestions = Int32Array.of(1, 1, 0, 2, -1, 1);
    const reviews = new Map([
      [1, reviewed({ kind: 'relabel', label: 'c' })],
      [3, reviewed({ kind: 'keep' })],
      [5, reviewed({ kind: 'relabel', label: 'no class' })],
    ]);
    const chosen = chooseNewLabels([0, 1, 2, 3, 4, 5], facts, suggestions, reviews);
    expect([...chosen.rows]).toEqual([0, 1]);
    expect([...chosen.labels]).toEqual([1, 2]);
    expect(chosen.sameLabel).toBe(4);
  });

  it('are numbers where labels are', () => {
    const facts = { classes: [], labels: Float64Array.of(1.5, 2, 3) };
    const reviews = new Map([[2, reviewed({ kind: 'relabel', label: '3.25' })]]);
    const chosen = chooseNewLabels([0, 1, 2], facts, Float64Array.of(2.5, Number.NaN, 9), reviews);
    expect([...chosen.rows]).toEqual([0, 2]);
    expect([...chosen.labels]).toEqual([2.5, 3.25]);
  });
});

describe('an edit told in full', () => {
  const n = 300;
  const data = syntheticRows({ rows: n, features: 7, classes: 3, seed: 31 });
  const split = Uint8Array.from({ length: n }, (_, i) => (i % 4 === 0 ? splitCodes.validation : splitCodes.train));
  const context = createTestContext();
  const input = { ...data, split, unpenalised: [6], l2: 0.01 };
  const audit = auditFeatures({ ...input, neighbours: createExactNeighbourSearch() }, context);
  const { kind, theta, l2 } = audit.head;
  const session = openAuditSession(
    { ...input, kind, theta, l2, beliefs: audit.beliefs, validationLabels: 'weighted' },
    context,
  );
  const suggestions = data.labels.map((label) => (label + 1) % 3);
  const store = {
    review: {
      readSuggestions: () => Promise.resolve(suggestions),
      readRows: (rows: readonly number[]) => Promise.resolve(rows.map((row) => ({ row, id: `r${row}` }))),
    },
    // The last 40 rows are those of a validation file.
    sources: { source: { rowCount: n - 40 } },
    decisions: { state: { rows: new Map<number, RowReview>() } },
  } as unknown as ProjectStore;
  const facts = {
    classes: ['a', 'b', 'c'],
    labels: data.labels,
    validationRows: 75,
    validationLabels: 'weighted',
  } as unknown as SessionFacts;
  const training = Array.from({ length: 60 }, (_, i) => i).filter((row) => split[row] === splitCodes.train);
  const computeOver = (answer: (request: EditShiftRequest) => unknown): ComputeClient =>
    ({
      ask: async (_: string, request: EditShiftRequest) => await Promise.resolve(answer(request)),
    }) as unknown as ComputeClient;
  const question = { training, otherRows: 15, withoutNewton: false, needOpen: () => undefined };

  it('is what the session says of the same rows, in names', async () => {
    const compute = computeOver((request) => session.estimateEditShift(request));
    for (const edit of ['remove', 'relabel'] as const) {
      const shift = editShiftSchema.parse(await askEditShift(store, compute, facts, { ...question, edit }));
      const rows = Int32Array.from(training);
      const expected =
        edit === 'remove'
          ? session.estimateRemovalEffect({ rows, method: 'newton' })
          : session.estimateRelabelEffect({ rows, labels: rows.map((row) => suggestions[row]) });
      expect(shift).toMatchObject({ method: edit === 'remove' ? 'newton' : 'relabel', editedRows: 45, otherRows: 15 });
      expect(shift.before?.loss).toBe(expected.validation?.lossBefore);
      expect(shift.after?.loss).toBe(expected.validation?.lossAfter);
      expect(shift.movedRows).toBe(expected.validation?.changedPredictions);
      expect(shift.moved.filter(({ becomes }) => becomes === 'wrong')).toHaveLength(shift.after?.becameWrong ?? -1);
      expect(shift.classes.map(({ label }) => label)).toEqual(['a', 'b', 'c']);
      for (const one of shift.moved) {
        expect(one.id).toBe(one.row < 260 ? `r${one.row}` : `row ${one.row - 260} of the validation file`);
        expect(one.before).not.toBe(one.after);
      }
    }
  });

  it('falls back on RIF where the Newton step does not exist, and says so', async () => {
    const compute = computeOver((request) => {
      if (request.edit.kind === 'remove' && request.edit.method === 'newton') throw new NumericalError('No such step.');
      return session.estimateEditShift(request);
    });
    const shift = await askEditShift(store, compute, facts, { ...question, edit: 'remove' });
    expect(shift).toMatchObject({ method: 'rif', note: 'No such step.' });
  });

  it('says nothing of rows that would keep their labels, or without validation rows', async () => {
    const compute = computeOver(() => {
      throw new Error('nothing to ask');
    });
    const same = { ...facts, labels: suggestions };
    const shift = await askEditShift(store, compute, same, { ...question, edit: 'relabel' });
    expect(shift).toMatchObject({ method: null, sameLabel: 45, after: null });
    const blind = await askEditShift(store, compute, { ...facts, validationRows: 0 }, { ...question, edit: 'remove' });
    expect(blind.note).toMatch(/no validation rows/);
  });
});
