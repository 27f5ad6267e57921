import { type Annotations, gatherAnnotations } from '../annotators/annotations';
import { createRandom } from '../base/random';

interface PlantedOptions {
  readonly truth: ArrayLike<number>;
  readonly classes: number;
  /** Accuracy of each annotator; errors go to any other class alike. Below 0: −x is the share that goes to c + 1. */
  readonly accuracies: readonly number[];
  /** Labels a row, as many at least and at most. */
  readonly labels: readonly [number, number];
  readonly seed: number;
}

/** For unit tests only: annotators of known accuracy label rows of known classes. */
export function plantAnnotators({ truth, classes, accuracies, labels, seed }: PlantedOptions): Annotations {
  const random = createRandom(seed);
  const given = { row: [] as number[], annotator: [] as number[], label: [] as number[] };
  for (let row = 0; row < truth.length; row++) {
    const who = Int32Array.from(accuracies.keys());
    random.shuffle(who);
    const count = labels[0] + random.integer(labels[1] - labels[0] + 1);
    for (const annotator of who.slice(0, count)) {
      const accuracy = accuracies[annotator];
      const other = (truth[row] + (accuracy < 0 ? 1 : 1 + random.integer(classes - 1))) % classes;
      const right = random.uniform() < (accuracy < 0 ? 1 + accuracy : accuracy);
      given.row.push(row);
      given.annotator.push(annotator);
      given.label.push(right ? truth[row] : other);
    }
  }
  return gatherAnnotations({ rows: truth.length, classes, annotators: accuracies.length }, given).annotations;
}

/** For unit tests only: the share of rows whose class is the true one. */
export function shareRight(found: ArrayLike<number>, truth: ArrayLike<number>): number {
  return Array.from(truth).reduce((sum, label, row) => sum + Number(found[row] === label), 0) / truth.length;
}
