import { InputError } from '../../src/core/base/errors';
import { createRandom } from '../../src/core/base/random';
import type { JobContext, Progress } from '../../src/core/job/jobContext';
import type { ChosenBackend } from '../../src/worker/compute/chooseBackend';
import type { StoredArray } from '../../src/worker/store/storeTypes';
import type { Facts, Settings } from '../workloads/workload';

/** What Assay does in a workload. Making it (reading the data, handing it over) is not timed. */
export interface AssayTask {
  /** The timed part. */
  run(): Facts | Promise<Facts>;
  /** The arrays of the last run that are compared, by name. */
  outputs(): Readonly<Record<string, StoredArray>>;
  /** Done once after the timed runs, if there is anything; times itself. */
  more?(): Facts | Promise<Facts>;
}

export interface TaskInputs {
  /** Folder of the workload's arrays. */
  readonly data: string;
  readonly settings: Settings;
  readonly backend: ChosenBackend;
  /** The command line of the version that is measured. */
  readonly command: string;
}

export function numberOf(settings: Settings, name: string): number {
  const value = settings[name];
  if (typeof value !== 'number') throw new InputError(`The workload's setting ${name} is not a number.`);
  return value;
}

/** A context that cannot be cancelled; the same seed in every run. */
export function benchContext(
  { linalg }: ChosenBackend,
  progress: (progress: Progress) => void = () => undefined,
): JobContext {
  return {
    signal: { cancelled: false, throwIfCancelled: () => undefined },
    progress,
    random: createRandom(7),
    linalg,
    log: (message) => console.error(message),
  };
}

export function vector(data: Float64Array): StoredArray {
  return { data, shape: [data.length] };
}
