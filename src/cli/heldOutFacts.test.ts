import { describe, expect, it } from 'vitest';
import { testSummary } from '../worker/store/testProject';
import { heldOutFacts } from './heldOutFacts';

const { settings } = testSummary;
const taken = { rows: 1, loss: 0.25, accuracy: 0.8 };
const weighing = 'validation labels: each row counts 1 − its suspicion';

describe('heldOutFacts', () => {
  it('have the given labels beside them where these say something else', () => {
    const validation = { ...taken, given: { loss: 0.5, accuracy: 0.75 } };
    const test = { ...taken, rows: 2, given: { loss: 0.25, accuracy: 0.8 } };
    expect(heldOutFacts({ settings, validation, test })).toEqual([
      ['validation', '1 row, loss 0.2500, accuracy 80.0 % (by the given labels loss 0.5000, accuracy 75.0 %)'],
      ['test', '2 rows, loss 0.2500, accuracy 80.0 % (by the given labels the same)'],
      ['', weighing],
    ]);
    expect(heldOutFacts({ settings, validation: taken, test: null })[0][1]).toBe('1 row, loss 0.2500, accuracy 80.0 %');
    expect(heldOutFacts({ settings, validation: null, test: null })).toEqual([]);
  });

  it('write R² with a true minus sign', () => {
    const numbers = { rows: 3, loss: 1, accuracy: null, rSquared: -0.01071 };
    expect(heldOutFacts({ settings, validation: numbers, test: null })[0][1]).toBe('3 rows, loss 1.0000, R² −0.011');
    const equal = { ...numbers, rSquared: null };
    expect(heldOutFacts({ settings, validation: equal, test: null })[0][1]).toBe('3 rows, loss 1.0000, R² –');
  });

  it('say how labels were taken: by no suspicion where there is no signal, and as a person vouches', () => {
    const signal = { gain: 0, standardError: 1, rows: 4, found: false };
    const asked = { validation: taken, test: null };
    expect(heldOutFacts({ ...asked, settings, signal })[1][1]).toMatch(/as given, as the features say nothing/);
    expect(heldOutFacts({ ...asked, settings, signal: { ...signal, found: true } })[1][1]).toBe(weighing);
    const clean = { ...settings, validationClean: true };
    expect(heldOutFacts({ ...asked, settings: clean })[1][1]).toMatch(/those that validate are known to be right$/);
  });
});
