import { createRandom } from './random.mjs';

/**
 * Random Fourier features of the Gaussian kernel: √(2/D)·cos(ωⱼᵀx + βⱼ) with ωⱼ standard normal over the bandwidth.
 * Source: Rahimi & Recht, NIPS 2007.
 * @param {readonly (readonly number[])[]} rows
 * @param {{features: number, bandwidth: number, seed: number}} options
 * @returns {number[][]}
 */
export function randomFourierFeatures(rows, { features, bandwidth, seed }) {
  const random = createRandom(seed);
  const size = rows[0]?.length ?? 0;
  const waves = Array.from({ length: features }, () => ({
    omega: Array.from({ length: size }, () => random.normal() / bandwidth),
    phase: 2 * Math.PI * random.uniform(),
  }));
  const scale = Math.sqrt(2 / features);
  return rows.map((x) =>
    waves.map(({ omega, phase }) => {
      let sum = phase;
      for (let j = 0; j < size; j++) sum += omega[j] * x[j];
      return scale * Math.cos(sum);
    }),
  );
}
