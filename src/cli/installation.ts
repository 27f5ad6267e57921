import type { ComputeClient } from '../worker/compute/thread/computeClient';

/** Where this program is, what it is made of, and what it computes with. */
export interface Installation {
  readonly version: string;
  /** The folder that holds `out` and `node_modules`. */
  readonly applicationFolder: string;
  readonly compute: ComputeClient;
}
