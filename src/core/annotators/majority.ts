import type { Annotations } from './annotations';
import { countVotes } from './annotations';

/** What most annotators said of each row. */
interface Majority {
  /** n: the class with the most votes; of classes with as many, the most frequent of all labels. −1 without labels. */
  readonly label: Int32Array;
  /** n: 1 where another class has as many votes. */
  readonly tied: Uint8Array;
}

/** The majority vote. O(n·C + L). */
export function takeMajority(annotations: Annotations): Majority {
  const { rows, classes, starts, label } = annotations;
  const votes = countVotes(annotations);
  const frequency = new Int32Array(classes);
  for (const given of label) frequency[given]++;
  const majority = new Int32Array(rows).fill(-1);
  const tied = new Uint8Array(rows);
  for (let i = 0; i < rows; i++) {
    if (starts[i + 1] === starts[i]) continue;
    let best = 0;
    for (let c = 1; c < classes; c++) {
      const [own, top] = [votes[i * classes + c], votes[i * classes + best]];
      if (own > top || (own === top && frequency[c] > frequency[best])) best = c;
    }
    majority[i] = best;
    for (let c = 0; c < classes; c++) {
      if (c !== best && votes[i * classes + c] === votes[i * classes + best]) tied[i] = 1;
    }
  }
  return { label: majority, tied };
}

/**
 * n: 1 where fewer annotators gave the row its consensus than gave it the majority's class: of classes with as many
 * votes none is the majority's alone. 0 without labels. O(n·C + L).
 */
export function differFromMajority(annotations: Annotations, consensus: Int32Array, majority: Int32Array): Uint8Array {
  const { rows, classes } = annotations;
  const votes = countVotes(annotations);
  const differs = new Uint8Array(rows);
  for (let i = 0; i < rows; i++) {
    if (majority[i] < 0) continue;
    if (votes[i * classes + consensus[i]] < votes[i * classes + majority[i]]) differs[i] = 1;
  }
  return differs;
}
