import { describe, expect, it } from 'vitest';
import { splitCodes } from '../base/splitCodes';
import type { HeadInput } from '../head/openHead';
import type { IhvpMethod } from '../influence/ihvp/inverseHessian';
import type { HeadKind } from '../models/headKind';
import { createTestContext, relativeDistance, syntheticRows } from '../testing/testData';
import type { StudyQuestion } from './runStudy';
import { runStudy } from './runStudy';

const n = 40;
const d = 52;

function inputOf(kind: HeadKind): HeadInput {
  const data = syntheticRows({ rows: n, features: d, classes: kind === 'softmax' ? 3 : 2, seed: 29, signal: 0.3 });
  data.features.data.copyWithin(11 * d, 10 * d, 11 * d);
  const split = Uint8Array.from({ length: n }, (_, row) => (row % 5 === 4 ? splitCodes.validation : splitCodes.train));
  const labels = kind === 'ridge' ? Float64Array.from(data.labels, (y, i) => y + 0.2 * Math.cos(i)) : data.labels;
  return { features: data.features, labels, classes: data.classes, split, unpenalised: [d - 1], kind, l2: 3e-2 };
}

function both(input: HeadInput, asked: StudyQuestion) {
  const context = createTestContext();
  const found = runStudy(input, asked, context);
  expect(context.messages.join()).toContain('n×n form');
  return [found, runStudy({ ...input, rowSpace: false }, asked, createTestContext())] as const;
}

/**
 * Every number of an answer, in order; texts are left out, and the condition, which is estimated by the size of
 * columns.
 */
function numbersOf(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (ArrayBuffer.isView(value)) return [...(value as Float64Array)]; // answers hold arrays of numbers only
  if (Array.isArray(value)) return value.flatMap(numbersOf);
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, one]) => (name === 'conditionEstimate' ? [] : numbersOf(one)))
    : [];
}

describe.each(['logistic', 'softmax', 'ridge'] as const)(
  'studies of a %s head with more features than rows',
  (kind) => {
    const input = inputOf(kind);
    const influence = (ihvp?: IhvpMethod): StudyQuestion => ({
      kind: 'influence',
      question: {
        measurements: [
          { kind: 'meanLoss', rows: 'validation' },
          ...(kind === 'ridge' ? [] : [{ kind: 'margin', row: 4 } as const]),
        ],
        methods: ['if', 'rif'],
        attributions: ['self', 'loo', 'representer'],
        evaluated: false,
        seed: 3,
        ...(ihvp === undefined ? {} : { ihvp: { method: ihvp, rank: 12 } }),
      },
    });

    it.each([undefined, 'cg', 'diagonal', 'identity', 'nystroem', 'kfac', 'datainf'] as const)(
      'give the same influences, iHVP %s',
      (ihvp) => {
        const [found, asked] = both(input, influence(ihvp));
        expect(found.head.parameters).toBe(asked.head.parameters);
        if (found.answer === asked.answer || !('columns' in found.answer) || !('columns' in asked.answer))
          throw new Error('no influences');
        const { columns } = asked.answer;
        found.answer.columns.forEach(({ name, values }, at) => {
          expect(name).toBe(columns[at].name);
          expect(relativeDistance(values, columns[at].values), name).toBeLessThan(
            ihvp === 'cg' || ihvp === 'kfac' ? 1e-6 : 1e-8,
          );
        });
      },
    );

    const questions: StudyQuestion[] = [
      { kind: 'verify', question: { rows: Int32Array.of(0, 5, 10), repeats: 3, seed: 5 } },
      {
        kind: 'fidelity',
        question: {
          seed: 2,
          shares: [0.05, 0.1],
          repetitions: 2,
          margins: kind === 'ridge' ? 0 : 2,
          datamodelSubsets: 4,
        },
      },
      {
        kind: 'subset',
        question: {
          kind: 'influential',
          measurement: { kind: 'meanLoss', rows: 'validation' },
          size: 3,
          direction: 'lower',
          method: 'adaptive',
          verify: true,
        },
      },
    ];
    it.each(questions)('give the same answers: $kind', (asked) => {
      const [found, direct] = both(input, asked);
      const [a, b] = [numbersOf(found.answer), numbersOf(direct.answer)];
      expect(a.length).toBe(b.length);
      a.forEach((value, at) => {
        if (Number.isNaN(b[at])) expect(value).toBeNaN();
        else expect(Math.abs(value - b[at]), `${at}`).toBeLessThan(2e-6 * Math.max(1, Math.abs(b[at])));
      });
    });
  },
);
