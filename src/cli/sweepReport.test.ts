import { describe, expect, it } from 'vitest';
import type { StudiedHead } from '../core/study/runStudy';
import { measureAgreement } from '../core/validation/correlation';
import type { FidelitySummary } from '../core/validation/measureRemovals';
import type { SweepResult } from '../core/validation/runSweep';
import { parseSweep } from './parseOptions';
import { drawSweepChart } from './sweepChart';
import { describeSweep, sweepSummary, sweepTable } from './sweepReport';

const figures = (byIf: number, byRif: number): FidelitySummary => {
  const of = (predicted: number) => ({ validation_loss: measureAgreement([predicted, 1], [1, 1]) });
  return { if: of(byIf), rif: of(byRif), newton: of(1.01) };
};
const sweep: SweepResult = {
  of: 'l2',
  points: [
    { value: 1e-6, l2: 1e-6, trainRows: 80, failure: 'It did not converge.', figures: null, retrainError: NaN },
    { value: 1e-3, l2: 1e-3, trainRows: 80, failure: null, figures: figures(0.5, 3), retrainError: 1e-6 },
    { value: 1, l2: 1, trainRows: 80, failure: null, figures: figures(0.5, 0.9), retrainError: 1e-6 },
  ],
  sizes: [1, 4],
  removals: 40,
  validationRows: 20,
  features: 8,
};
const head: StudiedHead = {
  kind: 'logistic',
  features: 8,
  parameters: 8,
  trainRows: 80,
  validationRows: 20,
  validationLabels: 'given',
  l2: 1e-2,
  l2Choice: null,
  conditionEstimate: 12,
};

describe('what a sweep writes', () => {
  it('has one line per point with figures, measurement and method', () => {
    const table = sweepTable(sweep);
    const cells = (row: number): unknown[] => table.map(({ values }) => values[row]);
    expect(table[0].values).toHaveLength(2 * 3);
    expect(
      table
        .map(({ name }) => name)
        .slice(0, 6)
        .join(),
    ).toBe('l2,train_rows,rows_per_feature,measurement,method,relative_error');
    expect(cells(1).slice(0, 6)).toEqual([1e-3, 80, 10, 'validation_loss', 'rif', Math.sqrt(4 / 2)]);
  });

  it('counts where RIF is nearer than IF, and keeps the points without figures', () => {
    const summary = sweepSummary(sweep, head, { data: 'x.csv' });
    expect(JSON.parse(JSON.stringify(summary))).toMatchObject({
      points: [{ l2: 1e-6, failure: 'It did not converge.', retrain_error: null }, { failure: null }, { l2: 1 }],
      rif_below_if: { over_all_sets: 1, of_the_median_set: 1, points: 2 },
      data: 'x.csv',
    });
    const said = describeSweep(sweep, head, 'x.csv');
    expect(said).toContain('at 1 of 2 points over all sets, at 1 by the median set');
    expect(said).toContain('no figures at λ 1.0e-6 with 80 training rows: It did not converge.');
  });

  it('draws a curve for each method, higher where the error is larger', () => {
    const svg = drawSweepChart(sweep, { data: 'a<b', head: 'logistic' });
    expect(svg).toContain('a&#60;b');
    const [byIf, byRif] = ['#c2660c', '#3b6fb6'].map((colour) => {
      const [, path] = new RegExp(`<path d="M([^"]*)" fill="none" stroke="${colour}"`).exec(svg) ?? [];
      return path.split('L').map((place) => place.split(',').map(Number));
    });
    expect(byIf).toHaveLength(2);
    expect(byRif[0][1]).toBeLessThan(byIf[0][1]);
    expect(byRif[1][1]).toBeGreaterThan(byIf[1][1]);
    expect(byRif[1][0]).toBeGreaterThan(byRif[0][0]);
  });
});

describe('parseSweep', () => {
  it('reads what is swept and from where to where', () => {
    expect(parseSweep('l2=1e-6..1')).toEqual({ of: 'l2', from: 1e-6, to: 1 });
    expect(parseSweep('rows=0.1..1')).toEqual({ of: 'rows', from: 0.1, to: 1 });
    expect(parseSweep(' rows = .25 .. .5 ')).toEqual({ of: 'rows', from: 0.25, to: 0.5 });
  });

  it.each(['l2', 'l2=1', 'l2=1..0.1', 'rows=0.1..2', 'width=1..2', 'l2=0..1', 'l2=a..b'])('refuses %s', (text) => {
    expect(() => parseSweep(text)).toThrow(/l2=FROM..TO/);
  });
});
