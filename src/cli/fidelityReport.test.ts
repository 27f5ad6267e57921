import { describe, expect, it } from 'vitest';
import type { StudiedHead } from '../core/study/runStudy';
import type { FidelityRow } from '../core/validation/measureRemovals';
import { summarizeFidelity } from '../core/validation/measureRemovals';
import type { FidelityResult } from '../core/validation/runFidelity';
import { drawFidelityChart } from './fidelityChart';
import { describeFidelity, fidelitySummary, fidelityTable } from './fidelityReport';

const line = (changes: Partial<FidelityRow>): FidelityRow => ({
  strategy: 'random',
  size: 4,
  measurement: 'validation_loss',
  method: 'rif',
  predicted: 0.01,
  actual: 0.02,
  repetition: 0,
  share: 0.01,
  row: null,
  ...changes,
});
const rows = [
  line({}),
  line({ repetition: 1, predicted: 0.03, actual: 0.05 }),
  line({ strategy: 'loss', method: 'newton', predicted: Number.NaN, actual: -0.1 }),
  line({ measurement: 'margin', row: 17, predicted: -1 }),
];
const result: FidelityResult = {
  rows,
  overall: summarizeFidelity(rows),
  byStrategy: { random: summarizeFidelity(rows.filter(({ strategy }) => strategy === 'random')) },
  datamodeling: { subsets: 5, alpha: 0.5, testRows: 9, score: { if: 0.5, rif: 0.75, newton: Number.NaN } },
  trainRows: 400,
  validationRows: 100,
  features: 8,
  retrainError: 1e-6,
};
const head: StudiedHead = {
  kind: 'logistic',
  features: 8,
  parameters: 8,
  trainRows: 400,
  validationRows: 100,
  validationLabels: 'given',
  l2: 1e-3,
  l2Choice: null,
  conditionEstimate: 12,
};

describe('what fidelity writes', () => {
  it('has the agreed columns first, and empty cells where there is no number', () => {
    const table = fidelityTable(rows);
    const line = (row: number): unknown[] => table.map(({ values }) => values[row]);
    expect(table.map(({ name }) => name).join()).toBe(
      'strategy,size,measurement,method,predicted,actual,repetition,share,row',
    );
    expect(line(0)).toEqual(['random', 4, 'validation_loss', 'rif', 0.01, 0.02, 0, 0.01, NaN]);
    expect(line(2)).toEqual(['loss', 4, 'validation_loss', 'newton', NaN, -0.1, 0, 0.01, NaN]);
    expect(line(3).slice(2)).toEqual(['margin', 'rif', -1, 0.02, 0, 0.01, 17]);
  });

  it('summarises by method and measurement, with null where a figure is not defined', () => {
    const summary = fidelitySummary(result, head, { data: 'x.csv', seed: 7 });
    expect(JSON.parse(JSON.stringify(summary))).toMatchObject({
      rif: {
        validation_loss: {
          pearson: expect.closeTo(1),
          spearman: expect.closeTo(1),
          median_relative_error: expect.closeTo(0.45),
          pairs: 2,
        },
        margin: { pearson: null, slope: null },
      },
      newton: { validation_loss: { pairs: 0, median_relative_error: null } },
      by_strategy: { random: { rif: { validation_loss: { pairs: 2 } } } },
      lds: { rif: 0.75, newton: null, subsets: 5, test_rows: 9 },
      head: { kind: 'logistic', train_rows: 400 },
      seed: 7,
    });
    expect(Object.keys(summary).slice(0, 3)).toEqual(['if', 'rif', 'newton']);
  });

  it('prints tables whose columns stand below each other', () => {
    const text = describeFidelity(result, head, 'x.csv');
    expect(text).toContain('x.csv: logistic head, 400 training and 100 validation rows, 8 features, λ 1.0e-3');
    expect(text).toMatch(/validation_loss +RIF +1\.000 +1\.000 +0\.667 +0\.450/);
    expect(text).toContain(
      'linear datamodeling score (5 random subsets of 50 %, 9 rows): IF 0.500, RIF 0.750, Newton –',
    );
  });

  it('draws a panel for each method and a mark for each pair with both numbers', () => {
    const svg = drawFidelityChart(result, { measurement: 'validation_loss', data: 'a<b>.csv', head: 'logistic' });
    expect(svg.match(/class="frame"/g)).toHaveLength(3);
    // Two pairs, and the four marks of the legend.
    expect(svg.match(/fill-opacity/g)).toHaveLength(2 + 4);
    expect(svg).toContain('a&#60;b&#62;.csv');
    expect(svg).not.toContain('NaN');
    const nothing = { ...result, rows: [] };
    expect(drawFidelityChart(nothing, { measurement: 'validation_loss', data: 'x', head: 'ridge' })).not.toContain(
      'NaN',
    );
  });
});
