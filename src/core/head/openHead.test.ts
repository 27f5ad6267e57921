import { describe, expect, it } from 'vitest';
import { BugError, CancelledError, InputError } from '../base/errors';
import { splitCodes } from '../base/splitCodes';
import { createCountingLinearAlgebra } from '../testing/countingLinearAlgebra';
import { studyInput } from '../testing/studyInput';
import { createTestContext, syntheticRows } from '../testing/testData';
import type { HeadInput } from './openHead';
import { openHead } from './openHead';

/** Fewer rows than features: they get coordinates of their own. */
function wideInput(): HeadInput {
  const { features, labels, classes } = syntheticRows({ rows: 30, features: 50, classes: 3, seed: 4 });
  const split = Uint8Array.from({ length: 30 }, (_, row) => (row % 5 === 4 ? splitCodes.validation : splitCodes.train));
  return { features, labels, classes, split, unpenalised: [49], kind: 'softmax', l2: 0.1 };
}

describe('openHead', () => {
  it('fits, or takes θ̂ as it is; splits labelled rows', () => {
    const input = studyInput('logistic');
    const context = createTestContext();
    const fitted = openHead(input, context);
    expect([...new Set(context.reports.map(({ stage }) => stage))]).toEqual(['lambda', 'fit', 'influence']);
    expect(fitted.splits.train.length).toBe(95);
    expect(fitted.splits.train).not.toContain(0);
    expect(fitted.splits.validation.length).toBe(24);
    const known = createTestContext();
    const again = openHead({ ...input, theta: fitted.model.theta }, known);
    expect([...again.model.logits]).toEqual([...fitted.model.logits]);
    expect(again.l2Choice).toBeNull();
    expect([...new Set(known.reports.map(({ stage }) => stage))]).toEqual(['influence']);
  });

  it('chooses λ where it is not given, for a ridge head too', () => {
    const { model, l2Choice } = openHead({ ...studyInput('ridge'), l2: 'auto' }, createTestContext());
    expect(l2Choice?.chosen).toBe(model.problem.l2);
  });

  it('says its stages from beginning to end, forward only', () => {
    for (const input of [wideInput(), { ...studyInput('softmax'), l2: 'auto' as const }]) {
      const context = createTestContext();
      openHead(input, context);
      const { reports } = context;
      for (const stage of ['lambda', 'fit', 'influence']) {
        const done = reports.filter((report) => report.stage === stage).map((report) => report.done);
        expect([done[0], done[done.length - 1]]).toEqual([0, 1000]);
        expect(done).toEqual([...done].sort((a, b) => a - b));
      }
    }
  });

  it('gives the head of wide rows in coordinates of theirs, and takes θ̂ of the features', () => {
    const input = wideInput();
    const inSpan = openHead(input, createTestContext());
    const plain = openHead({ ...input, rowSpace: false }, createTestContext());
    expect(inSpan.space).toBeDefined();
    expect(plain.space).toBeUndefined();
    expect(inSpan.model.problem.features.columns).toBeLessThan(50);
    const again = openHead({ ...input, theta: plain.model.theta }, createTestContext());
    inSpan.model.logits.forEach((value, at) => {
      expect(plain.model.logits[at]).toBeCloseTo(value, 8);
      expect(again.model.logits[at]).toBeCloseTo(value, 8);
    });
    expect(() => openHead({ ...input, theta: inSpan.model.theta }, createTestContext())).toThrow(BugError);
  });

  it('computes leverages once, and trusts with those that are known', () => {
    const input = studyInput('softmax');
    const head = openHead(input, createTestContext());
    expect(head.trust().effectiveDof).toBeNull();
    let passes = 0;
    const { leverage } = head.rowInfluence(() => passes++);
    expect(passes).toBeGreaterThan(0);
    const dof = head.trust().effectiveDof;
    expect(dof).toBeGreaterThan(1);
    const before = passes;
    expect(head.rowInfluence(() => passes++).leverage).toBe(leverage);
    expect(passes).toBe(before);
    const { theta } = head.model;
    expect(openHead({ ...input, theta, leverage }, createTestContext()).trust().effectiveDof).toBe(dof);
  });

  it('holds the rows until it is disposed of', () => {
    const { linalg, held } = createCountingLinearAlgebra();
    for (const input of [wideInput(), { ...wideInput(), rowSpace: false }, studyInput('logistic')]) {
      const head = openHead(input, createTestContext({ linalg }));
      expect(held()).toBe(1);
      head.dispose();
      expect(held()).toBe(0);
    }
  });

  it('frees the rows wherever it is cancelled', () => {
    for (const input of [wideInput(), { ...studyInput('softmax'), l2: 'auto' as const }]) {
      let asked = 0;
      const { signal, ...context } = createTestContext();
      const counting = { ...signal, throwIfCancelled: () => void asked++ };
      openHead(input, { ...context, signal: counting }).dispose();
      for (let cancelAfter = 1; cancelAfter <= asked; cancelAfter += Math.ceil(asked / 40)) {
        const { linalg, held } = createCountingLinearAlgebra();
        expect(() => openHead(input, createTestContext({ linalg, cancelAfter }))).toThrow(CancelledError);
        expect(held()).toBe(0);
      }
    }
  });

  it('refuses what it cannot open, and frees its rows', () => {
    const input = studyInput('logistic');
    const { linalg, held } = createCountingLinearAlgebra();
    const refused = (changes: Partial<HeadInput>) => (): unknown =>
      openHead({ ...input, ...changes }, createTestContext({ linalg }));
    expect(refused({ split: input.split.map(() => splitCodes.test) })).toThrow(InputError);
    expect(refused({ l2: 0 })).toThrow(InputError);
    expect(refused({ theta: new Float64Array(5) })).toThrow(BugError);
    expect(held()).toBe(0);
  });
});
