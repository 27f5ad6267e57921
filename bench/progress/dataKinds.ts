import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createRandom } from '../../src/core/base/random';

/** Data that audits spend their time on in different ways. */
export const dataKinds = {
  small: { rows: 1_500, numbers: 12, classes: 3 },
  words: { rows: 2_000, numbers: 3_000, classes: 2, counts: true },
  embedding: { rows: 20_000, numbers: 256, classes: 10 },
  long: { rows: 200_000, numbers: 12, classes: 2 },
  classes: { rows: 12_000, numbers: 40, classes: 60 },
} as const satisfies Readonly<Record<string, DataShape>>;
export type DataKind = keyof typeof dataKinds;

interface DataShape {
  readonly rows: number;
  readonly numbers: number;
  readonly classes: number;
  /** Counts of words, most of them 0, in place of correlated numbers. */
  readonly counts?: boolean;
}

/** One label in so many is another's. */
const wrongEvery = 20;
/** Latent variables that the numbers are mixtures of. */
const latent = 16;

/** Writes a table of that shape with some wrong labels in its column `label`. The same shape gives the same file. */
export async function writeData(file: string, { rows, numbers, classes, counts = false }: DataShape): Promise<void> {
  const random = createRandom(1);
  const centres = Array.from({ length: classes }, () => Array.from({ length: latent }, () => 1.2 * random.normal()));
  const mixture = Array.from({ length: numbers }, () => Array.from({ length: latent }, () => random.normal() / 4));
  const stream = createWriteStream(file);
  const write = async (line: string): Promise<void> => {
    if (!stream.write(`${line}\n`)) await once(stream, 'drain');
  };
  await write([...Array.from({ length: numbers }, (_, j) => `x${j}`), 'label'].join(','));
  for (let i = 0; i < rows; i++) {
    const own = random.integer(classes);
    const given = random.integer(wrongEvery) === 0 ? random.integer(classes) : own;
    const hidden = centres[own].map((centre) => centre + random.normal());
    const cells = mixture.map((shares, j) => {
      const mean = shares.reduce((sum, share, at) => sum + share * hidden[at], 0);
      if (!counts) return (mean + 0.5 * random.normal()).toFixed(4);
      // Word j is as rare as its place says, and the text's subject makes it rarer or more frequent.
      return random.uniform() < (6 / (j + 10)) * Math.exp(mean) ? String(1 + random.integer(3)) : '0';
    });
    await write([...cells, `class ${given}`].join(','));
  }
  stream.end();
  await once(stream, 'finish');
}
