import { scaleName } from '../workloads/workloads';
import type { ScaleResult, WorkloadResult } from './result';
import { growthExponent } from './statistics';

/** How the time of the scale workloads among the results grows with n. */
export function scaleResult(results: readonly WorkloadResult[]): ScaleResult {
  const measured = results.filter(({ workload }) => workload.startsWith(`${scaleName}-`));
  const points = (field: string): { rows: number; seconds: number }[] =>
    measured.flatMap((result) => {
      const seconds = result[field];
      return typeof seconds === 'number' ? [{ rows: result.rows, seconds }] : [];
    });
  const whole = points('whole_audit_s');
  return {
    workload: 'scale',
    exponent: growthExponent(points('assay_s')),
    whole_audit_exponent: whole.length < 2 ? null : growthExponent(whole),
    points: points('assay_s'),
  };
}
