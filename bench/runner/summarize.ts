import type { Assessment, Facts, RivalName, Workload } from '../workloads/workload';
import { beyondLimits, largestError } from './agreement';
import type { MachineFacts } from './machine';
import type { PeerResult, WorkloadResult } from './result';
import { median, ratioOfTimes } from './statistics';

/** Everything that was found out about one workload; records are by side. */
export interface Findings {
  readonly timed: readonly RivalName[];
  readonly seconds: Readonly<Record<string, readonly number[]>>;
  readonly warmUpSeconds: Readonly<Record<string, readonly number[]>>;
  readonly versions: Readonly<Record<string, Facts>>;
  readonly facts: Readonly<Record<string, Facts>>;
  /** Peak MiB after the timed runs. */
  readonly memory: Readonly<Record<string, number>>;
  /** Assay's peak MiB at the end of all. */
  readonly assayPeak: number | undefined;
  readonly failures: Readonly<Record<string, string>>;
  /** undefined: there was nothing to compare with, or nothing to compare. */
  readonly assessment: Assessment | undefined;
  readonly more: Facts;
  readonly repeats: number;
  readonly machine: MachineFacts;
}

/** The result of a workload: medians, ratios, agreement. */
export function summarize(workload: Workload, findings: Findings): WorkloadResult {
  const { versions, facts, failures, assessment } = findings;
  const own = findings.seconds['assay'] ?? [];
  const errors = assessment?.errors ?? {};
  const beyond = assessment === undefined ? [] : beyondLimits(errors, workload.limits);
  const compared = Object.keys(errors).length > 0;
  return {
    workload: workload.name,
    rows: workload.rows,
    features: workload.features,
    classes: workload.classes,
    assay_s: own.length > 0 && !('assay' in failures) ? median(own) : null,
    peers: Object.fromEntries(findings.timed.map((name) => [name, peerResult(name, own, findings)])),
    worst_relative_error: largestError(errors),
    peak_mib: rounded(findings.assayPeak),
    relative_errors: errors,
    limits: workload.limits,
    agrees: compared || beyond.length > 0 ? beyond.length === 0 : null,
    beyond_limits: beyond,
    ...assessment?.more,
    ...findings.more,
    assay: {
      times: own,
      warm_up_times: findings.warmUpSeconds['assay'] ?? [],
      timed_peak_mib: rounded(findings.memory['assay']),
      ...versions['assay'],
      ...facts['assay'],
    },
    repeats: findings.repeats,
    machine: findings.machine,
    failures,
  };
}

function peerResult(name: RivalName, own: readonly number[], findings: Findings): PeerResult {
  const { failures, facts, versions, memory, assessment } = findings;
  const seconds = findings.seconds[name] ?? [];
  const errors =
    assessment?.peerErrors === undefined ? undefined : new Map(Object.entries(assessment.peerErrors)).get(name);
  const complete = seconds.length > 0 && seconds.length === own.length;
  const compared = complete ? ratioOfTimes(own, seconds) : undefined;
  return {
    s: complete ? median(seconds) : null,
    ratio: compared?.ratio ?? null,
    ratio_range: compared?.range ?? null,
    times: seconds,
    warm_up_times: findings.warmUpSeconds[name] ?? [],
    peak_mib: rounded(memory[name]),
    ...(errors !== undefined && Object.keys(errors).length > 0 && { relative_errors: errors }),
    facts: { ...versions[name], ...facts[name] },
    ...(name in failures && { failure: failures[name] }),
  };
}

function rounded(mib: number | undefined): number | null {
  return mib === undefined || Number.isNaN(mib) ? null : Math.round(mib);
}
