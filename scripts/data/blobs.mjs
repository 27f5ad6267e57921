import { createRandom, drawWithoutReplacement } from './random.mjs';

/**
 * Normal clouds around one centre per class, with a known share of wrong labels.
 *
 * @param {{rows: number, numbers: number, classes: number, noise: number, distance: number, seed: number}} options
 *   `noise`: share of rows whose label is changed to another class; `distance`: root mean square distance between two
 *   centres, in standard deviations of a cloud (4.4 leaves a few per cent of the rows ambiguous)
 * @returns {{lines: Generator<string>, truth: string[]}} the data's lines; `truth` is filled while they are read
 */
export function makeBlobs({ rows, numbers, classes, noise, distance, seed }) {
  const random = createRandom(seed);
  // Two centres with independent normal coordinates of deviation s lie s·√(2·numbers) apart in the root mean square.
  const spread = distance / Math.sqrt(2 * numbers);
  const centres = Array.from({ length: classes }, () =>
    Array.from({ length: numbers }, () => spread * random.normal()),
  );
  const wrong = new Set(drawWithoutReplacement(random, Math.round(rows * noise), rows));
  const truth = ['id,original_label,changed_label'];
  const nameOf = (index) => `class-${index + 1}`;
  function* lines() {
    yield [
      'id',
      ...Array.from({ length: numbers }, (_, index) => `x${String(index + 1).padStart(2, '0')}`),
      'label',
    ].join(',');
    for (let row = 0; row < rows; row += 1) {
      const original = random.integer(classes);
      const given = wrong.has(row) ? (original + 1 + random.integer(classes - 1)) % classes : original;
      const id = `b${String(row).padStart(7, '0')}`;
      if (given !== original) truth.push(`${id},${nameOf(original)},${nameOf(given)}`);
      let line = id;
      for (const centre of centres[original]) line += `,${(centre + random.normal()).toFixed(5)}`;
      yield `${line},${nameOf(given)}`;
    }
  }
  return { lines: lines(), truth };
}
