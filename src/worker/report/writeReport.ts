import { basename, dirname, resolve } from 'node:path';
import { InputError } from '../../core/base/errors';
import { StagedFiles, type WrittenFile } from '../exports/stagedFiles';
import { describeSources, filesBeside } from '../project/projectSources';
import type { ProjectStore } from '../store/projectStore';
import { gatherReport, type ReportSources } from './reportFacts';
import { renderReport } from './reportHtml';

/** A report that is asked for by itself. */
export interface ReportRequest {
  /** Where it goes. */
  readonly file: string;
  /** Suspicion from which a row is a suspect. */
  readonly threshold: number;
  /** Also replace a file that Assay did not write. */
  readonly overwrite: boolean;
}

/**
 * Writes the report of an audited project, completely or not at all.
 * @throws InputError before the first audit, or when the file may not be written; StorageError; CancelledError.
 */
export async function writeReport(
  store: ProjectStore,
  { file, overwrite, ...sources }: ReportRequest & ReportSources,
): Promise<WrittenFile> {
  if (store.audits.latest === null) throw new InputError('There is nothing to report before an audit. Run one first.');
  const path = resolve(file);
  const fileName = basename(path);
  const written: WrittenFile[] = [];
  const destination = { fileNames: [fileName], reads: [...describeSources(store), ...filesBeside(store)], overwrite };
  await StagedFiles.write(dirname(path), destination, async (staged) => {
    const page = renderReport(await gatherReport(store, sources));
    sources.signal?.throwIfCancelled();
    written.push(await staged.add(fileName, (writer) => writer.write(page)));
  });
  return written[0];
}
