import { readFileSync } from 'node:fs';
import type { Matrix } from '../src/core/base/matrix';
import { quantile } from '../src/core/base/statistics';
import type { FittedModel } from '../src/core/influence/fittedModel';
import { createFittedModel } from '../src/core/influence/fittedModel';
import { computeRowInfluence } from '../src/core/influence/rows/rowInfluence';
import { chooseL2 } from '../src/core/l2/chooseL2';
import type { LinearAlgebra } from '../src/core/linalg/linearAlgebra';
import { fitHead } from '../src/core/models/fitting/fitHead';
import type { HeadProblem } from '../src/core/models/headProblem';
import { createHeadProblem, withL2 } from '../src/core/models/headProblem';
import { createLinearAlgebra } from '../src/worker/compute/chooseBackend';
import { parseTable } from './suspicion/parseTable';
import { averagePrecision, plantErrors, standardize } from './suspicion/plantedErrors';

/** Of the labels, to any other class. */
const share = 0.1;
const seed = 11;

/**
 * Leave-one-out log-odds of the given labels by a softmax head's estimated leverages beside those by exact ones: how
 * far they are off, the average precision of each against planted errors, processor seconds. A CSV file whose last
 * column is the label, and numbers of its first rows to take, default all: `leftOut FILE.csv 5000 20000`.
 */
export async function main([file, ...counts]: readonly string[]): Promise<void> {
  if (file === undefined) throw new Error('Name a CSV file whose last column is the label.');
  const { features, labels, classes } = parseTable(readFileSync(file, 'utf8'));
  const { linalg } = await createLinearAlgebra('auto');
  const asked = counts.length === 0 ? [features.rows] : counts.map(Number);
  console.table(asked.map((rows) => compare(firstRows(features, rows), labels.slice(0, rows), classes, linalg)));
}

function firstRows({ columns, data }: Matrix, rows: number): Matrix {
  return { rows, columns, data: data.subarray(0, rows * columns) };
}

function compare(raw: Matrix, given: Int32Array, classes: number, linalg: LinearAlgebra): object {
  const { labels, wrong } = plantErrors(given, classes, 'uniform', share, seed);
  const n = labels.length;
  const features = standardize(raw, new Uint8Array(n));
  const rows = linalg.loadRows(features);
  try {
    const weights = new Float64Array(n).fill(1);
    const unpenalised = [features.columns - 1];
    const at = { kind: 'softmax', features, rows, labels, classes, weights, unpenalised, l2: 1 } as const;
    const start = createHeadProblem(at, linalg);
    const problem = withL2(start, chooseL2(start, linalg).choice.chosen);
    const { theta, logits } = fitHead(problem, linalg).state;
    const [exact, estimated] = (['exact', 'iterative'] as const).map((method) =>
      leaveOut(problem, () => createFittedModel(problem, theta, linalg, undefined, { method, logits })),
    );
    const fitted = logOddsOf(problem, logits);
    const offBy = distances(estimated.logOdds, exact.logOdds);
    const figure = (value: number): string => value.toPrecision(2);
    const precision = (scores: Float64Array): string => averagePrecision(scores, wrong).toFixed(4);
    return {
      rows: n,
      parameters: problem.parameters,
      λ: problem.l2,
      'effective parameters a row': figure(exact.effectiveDof / n),
      'leaving out changes (median)': figure(quantile(distances(fitted, exact.logOdds), 0.5)),
      'off by (median)': figure(quantile(offBy, 0.5)),
      '99 %': figure(quantile(offBy, 0.99)),
      'at worst': figure(quantile(offBy, 1)),
      'precision exact': precision(exact.logOdds),
      'precision estimated': precision(estimated.logOdds),
      'processor s exact': exact.seconds.toFixed(2),
      'processor s estimated': estimated.seconds.toFixed(2),
    };
  } finally {
    rows.dispose();
  }
}

interface LeftOut {
  /** n: of another label than the given one. */
  readonly logOdds: Float64Array;
  readonly effectiveDof: number;
  /** User processor seconds of model and leverages. */
  readonly seconds: number;
}

function leaveOut(problem: HeadProblem, create: () => FittedModel): LeftOut {
  const before = process.cpuUsage();
  const { outOfSampleLogits, leverage } = computeRowInfluence(create());
  const seconds = process.cpuUsage(before).user / 1e6;
  return {
    logOdds: logOddsOf(problem, outOfSampleLogits),
    effectiveDof: leverage.reduce((sum, value) => sum + value, 0),
    seconds,
  };
}

function logOddsOf({ labels, outputs: K }: HeadProblem, logits: Float64Array): Float64Array {
  return Float64Array.from(labels, (label, row) => {
    const own = logits.subarray(row * K, (row + 1) * K);
    const others = own.filter((_, c) => c !== label);
    const largest = Math.max(...others);
    const sum = others.reduce((total, z) => total + Math.exp(z - largest), 0);
    return largest + Math.log(sum) - own[label];
  });
}

function distances(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, at) => Math.abs(value - b[at]));
}
