import { drawWithoutReplacement } from './random.mjs';

/**
 * Changes the labels of a known share of rows, each to another class drawn uniformly.
 *
 * @param {readonly string[]} labels one per row
 * @param {number} share of the rows to change, 0 to 1; rounded to whole rows
 * @returns {{labels: string[], changed: {row: number, original: string, changed: string}[]}} the new labels, and what
 *   was changed, in row order
 */
export function plantLabelErrors(labels, share, random) {
  const classes = [...new Set(labels)].sort();
  if (classes.length < 2) throw new RangeError('Labels can only be changed between at least two classes.');
  const result = [...labels];
  const rows = drawWithoutReplacement(random, Math.round(labels.length * share), labels.length);
  const changed = rows.map((row) => {
    const others = classes.filter((name) => name !== labels[row]);
    result[row] = others[random.integer(others.length)];
    return { row, original: labels[row], changed: result[row] };
  });
  return { labels: result, changed };
}
