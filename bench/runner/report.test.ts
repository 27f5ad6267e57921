import { describe, expect, it } from 'vitest';
import { formatResult, formatScale, formatTable } from './report';
import type { WorkloadResult } from './result';
import { scaleResult } from './scale';

const result: WorkloadResult = {
  workload: 'effects-10x2',
  rows: 10,
  features: 2,
  classes: 2,
  assay_s: 0.5,
  peers: {
    'numpy-float64': {
      s: 1,
      ratio: 2,
      ratio_range: [1.5, 2.5],
      times: [1],
      warm_up_times: [],
      peak_mib: 2000,
      facts: {},
    },
    pydvl: {
      s: null,
      ratio: null,
      ratio_range: null,
      times: [],
      warm_up_times: [],
      peak_mib: null,
      facts: {},
      failure: 'out of memory',
    },
  },
  worst_relative_error: 3e-4,
  peak_mib: 400,
  relative_errors: { if: 1e-7, rif: 3e-4 },
  limits: { if: 1e-5, rif: 1e-5 },
  agrees: false,
  beyond_limits: ['rif'],
  average_precision: { assay: 0.98, cleanlab: 0.9 },
  assay: { backend: 'native, 2 threads', stages: { fit: 1.25 } },
  repeats: 5,
  machine: {
    processor: 'a processor',
    cores: 2,
    memory_gib: 8,
    system: 'Linux',
    node: '20.0.0',
    threads: 2,
    load: [0, 1],
  },
  failures: { pydvl: 'out of memory' },
};

describe('formatResult', () => {
  it('shows every side, the ratio, what does not agree and what failed', () => {
    const text = formatResult(result);
    expect(text).toMatch(/Assay +0\.500 +400 +3\.0e-4/);
    expect(text).toMatch(/numpy-float64 +1\.000 +2\.00 +1\.50 – 2\.50 +2,000/);
    expect(text).toMatch(/pydvl +– +–/);
    expect(text).toMatch(/rif 3\.0e-4: NOT within the limits: rif/);
    expect(text).toMatch(/average_precision: assay 0\.9800, cleanlab 0\.9000/);
    expect(text).toMatch(/seconds by stage: fit 1\.250/);
    expect(text).toMatch(/pydvl failed: out of memory/);
    expect(text).toMatch(/a processor, 2 cores, 8 GiB, 2 threads a side; load 0 → 1/);
  });

  it('shows what was found by file as a table', () => {
    const average_precisions = { wine: { assay: 0.5, cleanlab: 0.25 }, sonar: { assay: 0.75, cleanlab: 1 } };
    const text = formatResult({ ...result, average_precisions });
    expect(text).toMatch(/average_precisions +assay +cleanlab\n +wine +0\.5000 +0\.2500\n +sonar +0\.7500 +1\n/);
  });
});

describe('scaleResult', () => {
  it('takes the exponents over the scale workloads that were measured', () => {
    const sized = (rows: number, assay_s: number | null, whole_audit_s: number): WorkloadResult => ({
      ...result,
      workload: `scale-${rows}x8`,
      rows,
      assay_s,
      whole_audit_s,
    });
    const scale = scaleResult([result, sized(100, 1, 1), sized(400, 4, 16), sized(1600, null, 256)]);
    expect(scale.exponent).toBeCloseTo(1, 12);
    expect(scale.whole_audit_exponent).toBeCloseTo(2, 12);
    expect(scale.points).toEqual([
      { rows: 100, seconds: 1 },
      { rows: 400, seconds: 4 },
    ]);
    expect(formatScale(scale)).toMatch(/rows\^1\.00, the whole audit as rows\^2\.00/);
  });
});

describe('formatTable', () => {
  it('aligns its columns', () => {
    expect(
      formatTable([
        ['a', '10'],
        ['long', '2'],
      ]),
    ).toEqual(['  a      10', '  long    2']);
  });
});
