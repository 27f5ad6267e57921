import { describe, expect, it } from 'vitest';
import { NumericalError } from '../base/errors';
import { StageProgress } from '../job/stageProgress';
import { type ForestGrowth, growHere } from '../ranking/forest/forestGrowth';
import { createTestContext, syntheticRows } from '../testing/testData';
import { beginForests } from './auditForests';

const n = 120;
const { features, labels, classes } = syntheticRows({ rows: n, features: 4, classes: 3, seed: 8 });
const labelled = new Float64Array(n).fill(1);
const withoutTen = labelled.map((_, i) => (i < 10 ? 0 : 1));
const context = createTestContext();
const progress = new StageProgress('ranking', context);
const quiet = (): void => undefined;

/** Grows here, and writes down what is asked of it. */
function watched(asked: string[]): ForestGrowth {
  return {
    allocate: (bytes) => growHere.allocate(bytes),
    begin(name, input, given) {
      asked.push(`${name} begins with ${input.trainingRows.length}`);
      const pending = growHere.begin(name, input, given);
      return {
        finish(onTree) {
          asked.push(`${name} ends`);
          return pending.finish(onTree);
        },
        grown: () => pending.grown(),
        stop: () => asked.push(`${name} stops`),
      };
    },
  };
}

describe('beginForests', () => {
  it('begins with all labelled rows before it is asked, and again with those that are kept', () => {
    const asked: string[] = [];
    const input = { features, labels, classes, forests: watched(asked) };
    const forests = beginForests(input, ['forest', 'trees'], labelled, context, quiet);
    expect(asked.splice(0)).toEqual(['forest begins with 120', 'trees begins with 120']);
    const source = forests.source('forest');
    const first = source.judge(labelled, progress);
    const second = source.judge(withoutTen, progress);
    expect(asked.splice(0)).toEqual(['forest ends', 'forest begins with 110', 'forest ends']);
    expect(second.probabilities).not.toEqual(first.probabilities);
    // The bins are those of all labelled rows, whatever is asked first.
    const other = beginForests({ features, labels, classes }, ['forest'], labelled, context, quiet).source('forest');
    expect(other.judge(withoutTen, progress)).toEqual(second);
    expect(other.judge(labelled, progress)).toEqual(first);
    forests.stop();
    expect(asked).toEqual(['trees stops']);
  });

  it('begins nothing that nobody asked for, or of too few rows, and says why', () => {
    const asked: string[] = [];
    const input = { features, labels, classes, forests: watched(asked) };
    beginForests(input, [], labelled, context, quiet).stop();
    const few = labelled.map((_, i) => (i < 19 ? 1 : 0));
    const forests = beginForests(input, ['trees'], few, context, quiet);
    expect(() => forests.source('trees').judge(few, progress)).toThrow(NumericalError);
    expect(() => forests.source('trees').judge(few, progress)).toThrow(/fewer than 20/);
    forests.stop();
    expect(asked).toEqual([]);
  });
});
