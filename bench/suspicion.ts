import { createFloat64LinearAlgebra } from '../src/core/linalg/float64LinearAlgebra';
import { expertNames } from '../src/core/ranking/suspicion/expertNames';
import { measureSuspicion } from './suspicion/measureSuspicion';
import type { Noise } from './suspicion/plantedErrors';
import { readDigits } from './suspicion/readDigits';

/**
 * Average precision of each way to rank planted label errors on digits (10 %, uniform and asymmetric, three seeds),
 * with the product's defaults or with the experts named (head,forest,…), and how far suspicion can be taken as a
 * probability. Held-out rows have no self-influence: the column "training rows" compares the rankings on the same rows.
 */
export function main([names]: readonly string[]): void {
  const asked = names === undefined ? 'auto' : expertNames.filter((name) => names.split(',').includes(name));
  const digits = readDigits();
  const linalg = createFloat64LinearAlgebra();
  const noises: readonly Noise[] = ['uniform', 'asymmetric'];
  const results = noises.flatMap((noise) =>
    [1, 2, 3].map((seed) => measureSuspicion(digits, noise, 0.1, seed, linalg, asked)),
  );
  const figure = (value: number): string => value.toFixed(3);
  console.table(
    results.map(({ noise, seed, allRows, calibration, trainingRows, l2, experts, seconds }) => ({
      noise,
      seed,
      'suspicion, all rows': figure(allRows),
      'Σ suspicion / wrong': figure(calibration.expected / calibration.wrong),
      'precision at 0.5': figure(calibration.precision),
      'recall at 0.5': figure(calibration.recall),
      suspicion: figure(trainingRows.suspicion),
      'leave-one-out loss': figure(trainingRows.looLoss),
      loss: figure(trainingRows.loss),
      'self-influence IF': figure(trainingRows.selfInfluenceIf),
      'self-influence RIF': figure(trainingRows.selfInfluenceRif),
      'validation loss RIF': figure(trainingRows.valLossRif),
      λ: l2,
      experts,
      seconds: seconds.toFixed(1),
    })),
  );
  const mean = results.reduce((sum, { allRows }) => sum + allRows, 0) / results.length;
  const clean = measureSuspicion(digits, 'uniform', 0, 1, linalg, asked).calibration;
  console.log(
    `Without planted errors, ${digits.labels.length} rows: Σ suspicion ${clean.expected.toFixed(1)}, ${clean.flagged} rows of at least 0.5.`,
  );
  console.log(`Mean average precision of suspicion over all labelled rows: ${mean.toFixed(4)}`);
}
