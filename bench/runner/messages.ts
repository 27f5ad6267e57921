import type { Settings, Workload } from '../workloads/workload';

/** What the runner asks of a side; `run` answers with {@link TimedRun}, `memory` with MiB. */
export type SideRequest = { readonly id: number } & (
  | { readonly op: 'prepare'; readonly task: Workload['task']; readonly data: string; readonly settings: Settings }
  | { readonly op: 'run' | 'more' | 'memory' }
  | { readonly op: 'save'; readonly folder: string }
);

export type SideAnswer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: { readonly code: string; readonly message: string } };

export interface TimedRun {
  readonly seconds: number;
  readonly facts: Readonly<Record<string, unknown>>;
}
