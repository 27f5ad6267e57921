import { statSync } from 'node:fs';
import { dirname } from 'node:path';

/** The folder below which the files that data name are: that of the data file, or the folder that was opened itself. */
export function sourceFolder(path: string): string {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? path : dirname(path);
}
