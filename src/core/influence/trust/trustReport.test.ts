import { describe, expect, it } from 'vitest';
import { fittedHead } from '../../testing/fittedHeads';
import { createRoundedLinearAlgebra } from '../../testing/testData';
import { computeRowInfluence } from '../rows/rowInfluence';
import { estimateSet } from '../subsets/setEstimates';
import { logitDifferenceTarget } from '../subsets/setTarget';
import { modelTrust, reportTrust, setTrust } from './trustReport';
import { describeTrust, notableGap, selfDeterminedLeverage } from './trustSentences';
import type { ModelTrust, SetTrust } from './trustTypes';

describe.each(['logistic', 'softmax', 'ridge'] as const)('trust in a %s head', (kind) => {
  const weights = Float64Array.from({ length: 80 }, (_, i) => (i < 60 ? 1 : 0));
  const model = fittedHead({ kind, rows: 80, features: 5, seed: 9, l2: 0.02, weights });
  const { leverage } = computeRowInfluence(model);

  it('states what the head is', () => {
    const trust = modelTrust(model, leverage);
    expect(trust).toMatchObject({ trainRows: 60, features: 4, featuresPerRow: 4 / 60, l2: 0.02, precision: 'float64' });
    expect(trust.parameters).toBe(kind === 'softmax' ? 15 : 5);
    const expected = leverage.slice(0, 60).reduce((sum, value) => sum + value, 0);
    expect(trust.effectiveDof).toBeCloseTo(expected, 12);
    expect(trust.conditionEstimate).toBe(model.conditionEstimate);
    expect(modelTrust(model, undefined)).toMatchObject({ effectiveDof: null, selfDeterminedRows: null });
  });

  it('measures the gaps between the methods on the measurement and on the parameters', () => {
    const rows = Int32Array.of(1, 2, 3, 20, 21, 22, 40);
    const changes = estimateSet(model, rows);
    const target = logitDifferenceTarget(model, 70, 0, 1);
    const newton = target.evaluate(changes.newton?.change ?? new Float64Array(0));
    const effects = { if: target.evaluate(changes.if.change), rif: target.evaluate(changes.rif.change), newton };
    const set = setTrust(model, { rows, changes, measured: { name: target.name, value: target.value, effects } });
    expect(set.effectGap?.if).toBeCloseTo(Math.abs(effects.if - newton) / Math.abs(newton), 12);
    expect(set.effectGap?.rif).toBeCloseTo(Math.abs(effects.rif - newton) / Math.abs(newton), 12);
    expect(set.parameterGap.against).toBe('newton');
    expect(set.parameterGap.if).toBeGreaterThan(0);
    expect(set.share).toBeCloseTo(7 / 60, 12);
    expect(set.maxLeverage).toBeCloseTo(Math.max(...Array.from(rows, (row) => leverage[row])), 10);
    expect(set.residual).toBeLessThan(1e-10);
    // Without a Newton step, against RIF; a change that is rounding has no relative gap.
    const without = setTrust(model, {
      rows,
      changes: { ...changes, newton: undefined },
      measured: { name: 'f', value: 1, effects: { if: 1e-13, rif: 2e-13, newton: null } },
    });
    expect(without.effectGap).toBeNull();
    expect(without.parameterGap.against).toBe('rif');
    expect(without.parameterGap.rif).toBeNull();
    // It speaks of what was measured in words.
    const told = describeTrust(modelTrust(model, leverage), {
      ...set,
      effectGap: { against: 'rif', if: 0.9, rif: null },
    });
    expect(told[0].text).toContain(kind === 'ridge' ? 'on the prediction of row 70:' : 'on the margin of row 70:');
    // The set is more than a tenth of the rows: it says so.
    expect(reportTrust(modelTrust(model, leverage), set).sentences.map((one) => one.about)).toContain('size');
  });
});

describe('the sentences', () => {
  const model: ModelTrust = {
    trainRows: 1000,
    features: 20,
    parameters: 20,
    featuresPerRow: 0.02,
    l2: 1e-3,
    conditionEstimate: 200,
    precision: 'float64',
    precisionChoice: 'float64 throughout',
    solveError: 0,
    solver: 'Cholesky of order 20',
    rescaling: 'exact, from the inverse of order 20',
    exactLeverages: true,
    effectiveDof: 18,
    selfDeterminedRows: 0,
  };
  const set: SetTrust = {
    rows: 10,
    share: 0.01,
    maxLeverage: 0.05,
    selfDeterminedRows: 0,
    measurement: 'the validation loss',
    effects: { if: 0.98, rif: 1, newton: 1 },
    effectGap: { if: 0.02, rif: 0, against: 'newton' },
    parameterGap: { if: 0.02, rif: 0.01, against: 'newton' },
    residual: 1e-14,
  };

  it('are silent where nothing stands against the estimate', () => {
    expect(describeTrust(model, null)).toEqual([]);
    expect(describeTrust(model, set)).toEqual([]);
  });

  it('tell when sums fail for a set, and what to trust instead', () => {
    const [worst] = describeTrust(model, { ...set, effectGap: { if: 0.6, rif: 0.3, against: 'newton' } });
    expect(worst).toMatchObject({ severity: 'warning', about: 'gap' });
    expect(worst.text).toMatch(/IF and the Newton step differ by 60 %/);
    expect(worst.text).toMatch(/sums over rows fail/);
    expect(worst.text).toMatch(/Trust the Newton step, or verify/);
    const [onlyIf] = describeTrust(model, { ...set, effectGap: { if: 0.4, rif: 0.05, against: 'newton' } });
    expect(onlyIf.severity).toBe('caution');
    expect(onlyIf.text).toMatch(/Trust RIF or the Newton step/);
    const [withoutNewton] = describeTrust(model, { ...set, effectGap: { if: 0.7, rif: null, against: 'rif' } });
    expect(withoutNewton.text).toMatch(/IF and RIF differ by 70 %/);
    const [parameters] = describeTrust(model, {
      ...set,
      effectGap: null,
      parameterGap: { if: 0.9, rif: 0.9, against: 'newton' },
    });
    expect(parameters.text).toMatch(/change of the parameters/);
    const below = { if: notableGap, rif: notableGap, against: 'newton' } as const;
    expect(describeTrust(model, { ...set, effectGap: below })).toEqual([]);
  });

  it('tell of leverage, condition, freedom, residual and size, the worst first', () => {
    const all = describeTrust(
      { ...model, conditionEstimate: 3e14, effectiveDof: 300, selfDeterminedRows: 2 },
      { ...set, maxLeverage: 0.95, selfDeterminedRows: 1, residual: 1e-3, share: 0.2 },
    );
    expect(all.map((one) => one.severity)).toEqual(['warning', 'caution', 'caution', 'caution', 'caution', 'note']);
    const ofSet = all.filter((one) => one.of === 'set').map((one) => one.about);
    expect(ofSet).toEqual(['leverage', 'residual', 'size']);
    const texts = all.map((one) => one.text).join('\n');
    expect(texts).toMatch(/multiplied by up to 20,/);
    const high = (maxLeverage: number) => describeTrust(model, { ...set, maxLeverage, selfDeterminedRows: 1 })[0].text;
    expect(high(0.9991)).toMatch(/leverage 0.999\): errors are multiplied by up to 1,100,/);
    expect(high(3.12)).toMatch(/leverage 3.1, summed over the classes\): errors are multiplied many times over,/);
    expect(texts).toMatch(/parameter changes are good to about 3.0 % only/);
    expect(texts).toMatch(/leverage 0.30/);
    expect(texts).toMatch(/solved to 0.10 % only/);
    expect(texts).toMatch(/20 % of the training rows/);
    expect(describeTrust({ ...model, conditionEstimate: 1e6 }, null)).toEqual([]);
    const [estimated] = describeTrust({ ...model, exactLeverages: false, rescaling: 'EKFAC' }, null);
    expect(estimated.text).toMatch(/estimates \(EKFAC\)/);
    expect(describeTrust({ ...model, conditionEstimate: 1e12 }, null)[0].about).toBe('condition');
  });

  it('are those of a head with as many parameters as rows, in single precision', () => {
    const spoilt = fittedHead({
      kind: 'logistic',
      rows: 40,
      features: 38,
      seed: 4,
      l2: 1e-8,
      signal: 0.2,
      linalg: createRoundedLinearAlgebra(),
    });
    const trust = modelTrust(spoilt, computeRowInfluence(spoilt).leverage);
    const about = describeTrust(trust, null).map((one) => one.about);
    expect(trust.precisionChoice).toBe(spoilt.precision.description);
    expect(trust.solveError).toBe(spoilt.precision.solveError);
    expect(about).toContain('freedom');
    expect(trust.selfDeterminedRows).toBeGreaterThan(0);
    expect(selfDeterminedLeverage).toBe(0.9);
  });
});
