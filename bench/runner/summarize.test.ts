import { describe, expect, it } from 'vitest';
import { effectsWorkload } from '../workloads/effects';
import type { Findings } from './summarize';
import { summarize } from './summarize';

const workload = effectsWorkload(30, 4);
const machine = {
  processor: 'a processor',
  cores: 2,
  memory_gib: 8,
  system: 'Linux',
  node: '20.0.0',
  threads: 2,
  load: [0, 1],
} as const;
const findings: Findings = {
  timed: ['numpy-float64', 'numpy-float32'],
  seconds: { assay: [1, 2, 3], 'numpy-float64': [3, 5, 4], 'numpy-float32': [1] },
  warmUpSeconds: { assay: [5], 'numpy-float64': [4] },
  versions: { assay: { backend: 'native' } },
  facts: { assay: { precision: 'float64' } },
  memory: { assay: 100.4, 'numpy-float64': 50.6 },
  assayPeak: 120.2,
  failures: { 'numpy-float32': 'peer: broke' },
  assessment: { errors: { if: 1e-9, rif: 2e-6, leverage: 1e-9 }, more: { found: 7 } },
  more: { whole_audit_s: 9 },
  repeats: 3,
  machine,
};

describe('summarize', () => {
  it('has the fields that the README names', () => {
    expect(summarize(workload, findings)).toMatchObject({
      workload: 'effects-30x4',
      rows: 30,
      features: 4,
      assay_s: 2,
      peers: { 'numpy-float64': { s: 4, ratio: 2, ratio_range: [4 / 3, 3], warm_up_times: [4], peak_mib: 51 } },
      worst_relative_error: 2e-6,
      peak_mib: 120,
      agrees: true,
      found: 7,
      whole_audit_s: 9,
      assay: { times: [1, 2, 3], warm_up_times: [5], timed_peak_mib: 100, backend: 'native', precision: 'float64' },
    });
  });

  it('gives no ratio for a peer that did not finish its runs', () => {
    const peer = summarize(workload, findings).peers['numpy-float32'];
    expect(peer).toMatchObject({ s: null, ratio: null, times: [1], failure: 'peer: broke' });
  });

  it('does not agree when an error is too large or missing', () => {
    const beyond = summarize(workload, { ...findings, assessment: { errors: { if: 1e-9, rif: 2e-5 } } });
    expect(beyond.agrees).toBe(false);
    expect(beyond.beyond_limits).toEqual(['rif', 'leverage']);
  });

  it('says nothing about agreement without a comparison, and nothing of a side that failed', () => {
    const alone = summarize(workload, { ...findings, assessment: undefined });
    expect([alone.agrees, alone.worst_relative_error]).toEqual([null, null]);
    const refused = summarize(workload, { ...findings, seconds: {}, failures: { assay: 'input: too large' } });
    expect(refused.assay_s).toBeNull();
    expect(refused.failures['assay']).toMatch(/too large/);
  });
});
