import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../src/core/base/matrix';
import { createRandom } from '../../src/core/base/random';
import type { Effects } from '../../src/core/influence/effects/computeEffects';
import { computeEffects } from '../../src/core/influence/effects/computeEffects';
import { createFittedModel } from '../../src/core/influence/fittedModel';
import type { Measurement } from '../../src/core/influence/measurements/measurement';
import { prepareMeasurements } from '../../src/core/influence/measurements/prepareMeasurements';
import { computeRowInfluence } from '../../src/core/influence/rows/rowInfluence';
import { createFloat64LinearAlgebra } from '../../src/core/linalg/float64LinearAlgebra';
import type { LinearAlgebra } from '../../src/core/linalg/linearAlgebra';
import { createHeadProblem } from '../../src/core/models/headProblem';
import { createNativeLinearAlgebra } from '../../src/worker/compute/native/nativeLinearAlgebra';
import { createWasmLinearAlgebra } from '../../src/worker/compute/wasm/wasmLinearAlgebra';
import { nativeSkipReason } from './installedTensorflow';

const n = 4100;
const d = 200;
const heldOut = 620;

/**
 * Logistic head, θ given; as many measurements as make the product large enough for single precision. `fast` has the
 * products in the backend's own precision even where the model, being small, is computed in float64.
 */
function effectsOf(linalg: LinearAlgebra, fast = false): Effects {
  const random = createRandom(11);
  const features: Matrix = {
    rows: n,
    columns: d,
    data: new Float64Array(n * d).map(() => Math.fround(random.normal())),
  };
  const theta = new Float64Array(d).map(() => 0.1 * random.normal());
  const problem = createHeadProblem(
    {
      kind: 'logistic',
      classes: 2,
      features,
      rows: linalg.loadRows(features),
      labels: new Int32Array(n).map(() => random.integer(2)),
      weights: new Float64Array(n).fill(1, heldOut),
      l2: 1e-3,
      unpenalised: [],
    },
    linalg,
  );
  const rows = Int32Array.from({ length: heldOut }, (_, i) => i);
  const sets = { train: rows, validation: rows, test: rows };
  try {
    const model = createFittedModel(problem, theta, linalg);
    const influence = computeRowInfluence(model);
    const margins = Array.from(rows, (row): Measurement => ({ kind: 'margin', row }));
    const measurements = prepareMeasurements(model, [...margins, { kind: 'meanLoss', rows: 'validation' }], sets);
    return computeEffects(fast ? { ...model, linalg } : model, measurements, { methods: ['if', 'rif'], influence });
  } finally {
    problem.rows.dispose();
  }
}

/** Largest ‖a − b‖/‖b‖ over the training rows. */
function worstRow(a: Matrix | undefined, b: Matrix | undefined): number {
  if (a === undefined || b === undefined) return Number.NaN;
  const m = b.columns;
  let worst = 0;
  for (let i = heldOut; i < n; i++) {
    let [difference, size] = [0, 0];
    for (let at = i * m; at < (i + 1) * m; at++) {
      difference += (a.data[at] - b.data[at]) ** 2;
      size += b.data[at] ** 2;
    }
    worst = Math.max(worst, Math.sqrt(difference / size));
  }
  return worst;
}

describe('effects of all rows on many measurements', () => {
  const expected = effectsOf(createFloat64LinearAlgebra());
  const reason = nativeSkipReason();

  it.skipIf(reason !== undefined)('on native TensorFlow are those of float64 within 1e-5', () => {
    const found = effectsOf(createNativeLinearAlgebra());
    expect(worstRow(found.byIf, expected.byIf)).toBeLessThan(1e-5);
    expect(worstRow(found.byRif, expected.byRif)).toBeLessThan(1e-5);
    const fast = effectsOf(createNativeLinearAlgebra(), true);
    expect(worstRow(fast.byRif, expected.byRif)).toBeLessThan(2e-6);
    expect(worstRow(fast.byRif, expected.byRif)).toBeGreaterThan(1e-9);
    // Bit by bit the same on every run.
    expect(worstRow(effectsOf(createNativeLinearAlgebra()).byRif, found.byRif)).toBe(0);
  });

  it('on WebAssembly are those of float64 within 1e-4', async () => {
    const found = effectsOf(await createWasmLinearAlgebra());
    expect(worstRow(found.byIf, expected.byIf)).toBeLessThan(1e-4);
    expect(worstRow(found.byRif, expected.byRif)).toBeLessThan(1e-4);
  });
});
