import { worstRowError } from '../runner/agreement';
import type { Assessment, Outputs, SideOutputs, Workload } from './workload';
import { defaultRepeats, shortWarmUps } from './workload';

/** Validation rows whose logits are measured. */
const measured = 100;
const l2 = 1e-3;

/**
 * Binary logistic head, θ̂ and λ given: Hessian, its factor, leverage of all rows, effect of removing each row on the
 * logit of each of 100 validation rows, by IF and by RIF.
 */
export function effectsWorkload(rows: number, features: number): Workload {
  return {
    name: `effects-${rows}x${features}`,
    summary: `Hessian, factor, leverage, effects of all rows on ${measured} validation rows by IF and RIF (binary, θ̂ given)`,
    rows,
    features,
    classes: 2,
    data: { kind: 'binary', rows, features, classes: 2, seed: 1, validation: measured, l2, theta: true },
    task: 'effects',
    settings: { l2 },
    peers: ['numpy-float64', 'numpy-float32'],
    largePeers: ['pydvl'],
    reference: 'numpy-float64',
    repeats: defaultRepeats,
    warmUps: shortWarmUps,
    limits: { if: 1e-5, rif: 1e-5, leverage: 1e-5 },
    assess,
  };
}

async function assess(outputs: Outputs): Promise<Assessment> {
  const { assay, peers } = outputs;
  const reference = peers['numpy-float64'];
  if (reference === undefined) return { errors: { if: Number.NaN, rif: Number.NaN, leverage: Number.NaN } };
  const single = peers['numpy-float32'];
  const { pydvl } = peers;
  return {
    errors: await errorsOf(assay, reference, ['if', 'rif', 'leverage']),
    peerErrors: {
      ...(single && { 'numpy-float32': await errorsOf(single, reference, ['if', 'rif', 'leverage']) }),
      // pyDVL has no rescaled influence, and does not tell leverages.
      ...(pydvl && { pydvl: await errorsOf(pydvl, reference, ['if']) }),
    },
  };
}

async function errorsOf(
  side: SideOutputs,
  reference: SideOutputs,
  names: readonly string[],
): Promise<Record<string, number>> {
  const errors: Record<string, number> = {};
  for (const name of names) errors[name] = worstRowError(await side.array(name), await reference.array(name));
  return errors;
}
