import { describe, expect, it } from 'vitest';
import { InputError, NumericalError } from '../../base/errors';
import { createRandom } from '../../base/random';
import { StageParts } from '../../job/stageParts';
import { StageProgress } from '../../job/stageProgress';
import { createTestContext } from '../../testing/testData';
import type { ExpertName } from './expertNames';
import type { ExpertSource } from './expertSource';
import { type JudgedRows, judgeInRounds, judgingSeconds, type RoundCount } from './judgeInRounds';

const n = 240;
const classes = 3;
const truth = Int32Array.from({ length: n }, (_, row) => row % classes);
const random = createRandom(3);
const wrong = Uint8Array.from({ length: n }, () => (random.uniform() < 0.08 ? 1 : 0));
const labels = truth.map((one, row) => (row % 40 === 39 ? -1 : wrong[row] === 1 ? (one + 1) % classes : one));
const rows: JudgedRows = {
  labels,
  classes,
  labelled: Float64Array.from(labels, (label) => (label < 0 ? 0 : 1)),
  twins: undefined,
};

/** Says the truth more or less surely, surer in the second round, and remembers what it was asked. */
function source(name: ExpertName, fails?: 'first' | 'again'): ExpertSource & { readonly asked: Float64Array[] } {
  const asked: Float64Array[] = [];
  return {
    name,
    seconds: { first: 1, again: 2 },
    asked,
    judge: (kept) => {
      asked.push(kept);
      if (fails === (asked.length === 1 ? 'first' : 'again')) throw new NumericalError('it is out of sorts');
      const draws = createRandom(name.length + asked.length);
      const probabilities = new Float32Array(n * classes);
      for (let row = 0; row < n; row++) {
        const sure = 0.75 + 0.2 * draws.uniform();
        for (let c = 0; c < classes; c++) {
          probabilities[row * classes + c] = c === truth[row] ? sure : (1 - sure) / (classes - 1);
        }
      }
      return { name, probabilities };
    },
  };
}

function judge(sources: readonly ExpertSource[], rounds: RoundCount, judged = rows) {
  const context = createTestContext();
  const progress = new StageProgress('ranking', context);
  const parts = new StageParts(progress, judgingSeconds(sources, n * classes, rounds));
  return { ...judgeInRounds(sources, judged, rounds, parts), reports: context.reports };
}

describe('judgeInRounds', () => {
  it('asks again without the suspicious rows, and takes the geometric mean of both pools', () => {
    const experts = [source('head'), source('forest')];
    const found = judge(experts, 2);
    const once = judge([source('head'), source('forest')], 1);
    const planted = labels.filter((label, row) => label >= 0 && wrong[row] === 1).length;
    expect(found.rounds).toBe(2);
    expect(found.rowsSetAside).toBe(planted);
    for (const { asked } of experts) {
      expect(asked).toHaveLength(2);
      expect(asked[0]).toBe(rows.labelled);
      asked[1].forEach((weight, row) => expect(weight).toBe(labels[row] >= 0 && wrong[row] === 0 ? 1 : 0));
    }
    expect(found.firstRound).toEqual(once.probabilities);
    // A round of the second answers alone.
    const second = judge(
      ['head', 'forest'].map((name) => {
        const one = source(name as ExpertName);
        one.judge(rows.labelled, new StageProgress('ranking', createTestContext()));
        return one;
      }),
      1,
      { ...rows, labelled: experts[0].asked[1] },
    );
    expect(found.experts).toEqual(second.experts);
    for (let row = 0; row < n; row++) {
      const means = Array.from({ length: classes }, (_, c) =>
        Math.sqrt(once.probabilities[row * classes + c] * second.probabilities[row * classes + c]),
      );
      const sum = means.reduce((a, b) => a + b, 0);
      means.forEach((mean, c) => expect(found.probabilities[row * classes + c]).toBeCloseTo(mean / sum, 6));
    }
  });

  it('asks once where that is wanted, or nobody is suspicious', () => {
    const experts = [source('head'), source('trees')];
    expect(judge(experts, 1)).toMatchObject({ rounds: 1, rowsSetAside: 0 });
    expect(experts.map(({ asked }) => asked.length)).toEqual([1, 1]);
    const clean = truth.slice();
    const all = { ...rows, labels: clean, labelled: new Float64Array(n).fill(1) };
    const content = [source('head'), source('trees')];
    const found = judge(content, 2, all);
    expect(found).toMatchObject({ rounds: 1, rowsSetAside: 0 });
    expect(found.firstRound).toBe(found.probabilities);
    expect(content.map(({ asked }) => asked.length)).toEqual([1, 1]);
  });

  it('leaves out and names who fails, in the round in which it does', () => {
    const found = judge([source('head'), source('forest', 'first'), source('trees', 'again')], 2);
    expect(found.experts.map(({ name }) => name)).toEqual(['head']);
    expect(found.experts[0].weight).toBe(1);
    expect(found.leftOut).toEqual([
      { name: 'forest', reason: 'it is out of sorts' },
      { name: 'trees', reason: 'without the rows set aside, it is out of sorts' },
    ]);
    expect(judge([source('head', 'again')], 2)).toMatchObject({ rounds: 1, rowsSetAside: 0 });
    expect(() => judge([source('head', 'first')], 2)).toThrow(InputError);
  });

  it('suspects nobody for which of two twins it is called', () => {
    // Class 1 and class 2 may be the same: errors between them are none.
    const experts = [source('head'), source('forest')];
    const found = judge(experts, 2, { ...rows, twins: Int32Array.of(0, 1, 1) });
    expect(found.rowsSetAside).toBeGreaterThan(2);
    experts[0].asked[1].forEach((weight, row) => {
      if (weight === 0 && labels[row] >= 0) expect((labels[row] === 0) !== (truth[row] === 0)).toBe(true);
    });
  });

  it('moves forward only, and each part as far as it is expected to take', () => {
    const { reports } = judge([source('head'), source('forest')], 2);
    reports.forEach(({ done }, at) => expect(done).toBeGreaterThanOrEqual(at === 0 ? 0 : reports[at - 1].done));
    const startOf = (detail: string): number => reports.find((report) => report.detail === detail)?.done ?? Number.NaN;
    // One second each in the first round, two in the second.
    expect(startOf('forest')).toBeCloseTo(1000 / 6, -1);
    expect(startOf('second round: head')).toBeCloseTo(2000 / 6, -1);
    expect(startOf('second round: forest')).toBeCloseTo(4000 / 6, -1);
  });
});
