import type { ExportKind } from '../../contract/exports';
import type { CancellationSignal, Progress } from '../../core/base/jobContext';

/** Which rows leave the dataset. */
export type RemovalChoice =
  /** Rows decided 'remove'. */
  | { readonly kind: 'decisions' }
  /**
   * Labelled training rows with suspicion ≥ threshold, or the `top` most suspicious ones; rows a reviewer decided to
   * keep, relabel or look at later stay, rows decided 'remove' go in any case.
   */
  | {
      readonly kind: 'suspicion';
      readonly threshold: number;
      readonly top?: number;
      /** Also validation and test rows. Default false. */
      readonly includeValidation?: boolean;
    };

export interface ExportRequest {
  readonly folder: string;
  readonly kinds: readonly ExportKind[];
  readonly removal: RemovalChoice;
  readonly appVersion: string;
  /** More for the manifest: seed, parameters, command line. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly signal?: CancellationSignal;
  readonly progress?: (progress: Progress) => void;
}
