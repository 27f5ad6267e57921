import { basename, dirname, extname, resolve } from 'node:path';
import { InputError } from '../../core/base/errors';
import { StagedFiles, type WrittenFile } from '../exports/stagedFiles';
import { describeSources, filesBeside } from '../project/projectSources';
import type { ProjectStore } from '../store/projectStore';
import { composeReport } from './composeReport';
import { printPage, type PrintPdf } from './printPdf';
import type { ReportSources } from './reportFacts';

/** A report that is asked for by itself. */
export interface ReportRequest {
  /** Where it goes: a PDF file where its name ends in .pdf, else HTML. */
  readonly file: string;
  /** Suspicion from which a row is a suspect. */
  readonly threshold: number;
  /** Also replace a file that Assay did not write. */
  readonly overwrite: boolean;
  /** Makes PDF files. Default: that of the project's surroundings, or none. */
  readonly print?: PrintPdf | undefined;
}

/**
 * Writes the report of an audited project, completely or not at all.
 * @throws InputError before the first audit, or when the file may not be written; UnavailableError where a PDF cannot
 * be printed; StorageError; CancelledError.
 */
export async function writeReport(
  store: ProjectStore,
  { file, overwrite, print, ...sources }: ReportRequest & ReportSources,
): Promise<WrittenFile> {
  if (store.audits.latest === null) throw new InputError('There is nothing to report before an audit. Run one first.');
  const path = resolve(file);
  const fileName = basename(path);
  const written: WrittenFile[] = [];
  const destination = { fileNames: [fileName], reads: [...describeSources(store), ...filesBeside(store)], overwrite };
  await StagedFiles.write(dirname(path), destination, async (staged) => {
    const page = await composeReport(store, sources);
    const content = isPdfName(file) ? await printPage(print, page, sources.signal) : page;
    sources.signal?.throwIfCancelled();
    written.push(await staged.add(fileName, (writer) => writer.write(content)));
  });
  return written[0];
}

/** Whether a report of this name is to be a PDF file. */
function isPdfName(file: string): boolean {
  return extname(file).toLowerCase() === '.pdf';
}
