import { dirname } from 'node:path';
import type { SourceFormat } from '../../contract/dataset';

/** Where the files that data name are: the folder of the data file, or the folder or archive that was opened itself. */
export function sourceFolder(format: SourceFormat | undefined, { path }: { readonly path: string }): string {
  return format === 'folder' || format === 'zip' ? path : dirname(path);
}
