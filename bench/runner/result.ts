import type { Facts, RivalName } from '../workloads/workload';
import type { MachineFacts } from './machine';

/** Field names are those of the JSON output. Seconds, MiB. */
export interface PeerResult {
  /** Median of `times`; null when the peer failed. */
  readonly s: number | null;
  /** Peer's median / Assay's: above 1 = Assay is faster. */
  readonly ratio: number | null;
  /** Smallest and largest ratio within one round. */
  readonly ratio_range: readonly [number, number] | null;
  readonly times: readonly number[];
  /** Of the untimed rounds before. */
  readonly warm_up_times: readonly number[];
  readonly peak_mib: number | null;
  /** Of the peer's own numbers against the reference. */
  readonly relative_errors?: Readonly<Record<string, number>>;
  readonly facts: Facts;
  readonly failure?: string;
}

export interface WorkloadResult {
  readonly workload: string;
  readonly rows: number;
  readonly features: number;
  readonly classes: number;
  /** null when Assay did not do it: `failures.assay` says why. */
  readonly assay_s: number | null;
  readonly peers: Readonly<Partial<Record<RivalName, PeerResult>>>;
  /** Largest of `relative_errors`; null where nothing is compared. */
  readonly worst_relative_error: number | null;
  /** Peak resident memory of Assay's process. */
  readonly peak_mib: number | null;
  readonly relative_errors: Readonly<Record<string, number>>;
  readonly limits: Readonly<Record<string, number>>;
  /** Whether all errors are within their limits; null where nothing is compared. */
  readonly agrees: boolean | null;
  readonly beyond_limits: readonly string[];
  readonly assay: Facts;
  readonly repeats: number;
  readonly machine: MachineFacts;
  readonly failures: Readonly<Record<string, string>>;
  /** What a workload adds: average precisions, seconds by stage. */
  readonly [more: string]: unknown;
}

/** Time against n over the scale workloads. */
export interface ScaleResult {
  readonly workload: 'scale';
  /** b of seconds ∝ rows^b, for the timed part and for the whole audit. */
  readonly exponent: number;
  readonly whole_audit_exponent: number | null;
  readonly points: readonly { readonly rows: number; readonly seconds: number }[];
}
