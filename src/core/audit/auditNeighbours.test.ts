import { describe, expect, it } from 'vitest';
import { CancelledError } from '../base/errors';
import { createExactNeighbourSearch } from '../ranking/neighbours/exactNeighbours';
import type { NeighbourRequest, NeighbourSearch, PendingNeighbours } from '../ranking/neighbours/neighbours';
import { createTestContext } from '../testing/testData';
import { auditFeatures } from './auditFeatures';
import { beginNeighbours } from './auditNeighbours';
import { checkAuditInput } from './checkInput';

const n = 60;
const features = { rows: n, columns: 2, data: Float64Array.from({ length: 2 * n }, (_, at) => ((at * 37) % 101) / 50) };
const labels = Int32Array.from({ length: n }, (_, i) => (i === 7 ? -1 : i % 2));
const input = { features, labels, classes: 2, split: new Uint8Array(n), unpenalised: [], l2: 0.1 };
const exact = createExactNeighbourSearch();

/** A search that can go on beside other work, and what was asked of it. */
function besideSearch(finish: PendingNeighbours['finish']): {
  search: NeighbourSearch;
  asked: string[];
  requests: NeighbourRequest[];
} {
  const asked: string[] = [];
  const requests: NeighbourRequest[] = [];
  const search: NeighbourSearch = {
    description: 'beside',
    search(...all) {
      asked.push('search');
      return exact.search(...all);
    },
    begin(request) {
      asked.push('begin');
      requests.push(request);
      return {
        finish: (onBlock) => {
          asked.push('finish');
          return finish(onBlock);
        },
        stop: () => asked.push('stop'),
      };
    },
  };
  return { search, asked, requests };
}

describe('beginNeighbours', () => {
  const roles = checkAuditInput(input);

  it('searches at the end where nothing can go on beside', () => {
    const found = beginNeighbours({ ...input, neighbours: exact }, roles, createTestContext()).find();
    expect(found).toMatchObject({ method: 'exact', k: 30 });
    // Row 7 has no label: it is asked about, and no answer.
    expect(found.rows).not.toContain(7);
    expect(found.rows).toHaveLength(30 * n);
  });

  it('searches again where a search was lost', () => {
    const { search, asked } = besideSearch(() => null);
    const pending = beginNeighbours({ ...input, neighbours: search }, roles, createTestContext());
    expect(asked).toEqual(['begin']);
    expect(pending.find().method).toBe('exact');
    expect(asked).toEqual(['begin', 'finish', 'search']);
  });
});

describe('auditFeatures with a search beside it', () => {
  it('begins before the fit and waits at the end; the audit is the same', () => {
    const stages: string[] = [];
    const { search, asked, requests } = besideSearch(() => exact.search(requests[0], createTestContext()));
    const context = createTestContext();
    const progress = ({ stage }: { stage: string }): void => {
      if (stages.at(-1) !== stage) stages.push(stage);
      if (stage === 'fit') expect(asked).toEqual(['begin']);
    };
    const result = auditFeatures({ ...input, neighbours: search }, { ...context, progress });
    expect(asked).toEqual(['begin', 'finish', 'stop']);
    expect(stages).toEqual(['lambda', 'fit', 'influence', 'neighbours', 'ranking']);
    const expected = auditFeatures({ ...input, neighbours: exact }, createTestContext());
    expect(result.columns).toEqual(expected.columns);
  });

  it('stops the search when the audit ends early', () => {
    const { search, asked } = besideSearch(() => null);
    const context = createTestContext();
    const progress = ({ stage }: { stage: string }): void => {
      if (stage === 'influence') throw new CancelledError();
    };
    expect(() => auditFeatures({ ...input, neighbours: search }, { ...context, progress })).toThrow(CancelledError);
    expect(asked).toEqual(['begin', 'stop']);
  });
});
