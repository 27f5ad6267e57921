import { expect, it } from 'vitest';
import { meansOverSeeds, pictureFiles } from './pictures';

it('pictures are compared by the means over the seeds of each set and kind of errors', () => {
  const found = Object.fromEntries(
    pictureFiles.map(({ name, set, noise, seed }) => [
      name,
      { assay: (set === 'fashion' ? 1 : 10) * seed, 'cleanlab-pictures-axes': noise === 'uniform' ? seed : 0 },
    ]),
  );
  expect(meansOverSeeds(found)).toEqual({
    'fashion-uniform': { assay: 2, 'cleanlab-pictures-axes': 2 },
    'fashion-asymmetric': { assay: 2, 'cleanlab-pictures-axes': 0 },
    'clothes-uniform': { assay: 20, 'cleanlab-pictures-axes': 2 },
    'clothes-asymmetric': { assay: 20, 'cleanlab-pictures-axes': 0 },
  });
  expect(new Set(pictureFiles.map(({ name }) => name)).size).toBe(12);
});
