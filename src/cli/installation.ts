/** Where this program is and what it is made of. */
export interface Installation {
  readonly version: string;
  /** The folder that holds `out` and `node_modules`. */
  readonly applicationFolder: string;
  readonly computeThread: string;
  readonly encoderThread: string;
}
