import { UnavailableError } from '../../core/base/errors';
import type { CancellationSignal } from '../../core/job/jobContext';

/**
 * Prints a page that needs nothing else, as A4 with page numbers. @returns the bytes of a PDF file.
 * @throws UnavailableError where nothing can print; CancelledError.
 */
export type PrintPdf = (page: string, signal: CancellationSignal | undefined) => Promise<Uint8Array>;

/** What every PDF file begins with. */
const pdfMark = '%PDF-';

/**
 * The page as a PDF file.
 * @throws UnavailableError without a printer, or where it gave something else.
 */
export async function printPage(
  print: PrintPdf | undefined,
  page: string,
  signal: CancellationSignal | undefined,
): Promise<Uint8Array> {
  if (print === undefined) throw new UnavailableError('Nothing here can print a PDF file. Write the report as HTML.');
  const pdf = await print(page, signal);
  if (Buffer.from(pdf.buffer, pdf.byteOffset, pdfMark.length).toString('latin1') !== pdfMark) {
    throw new UnavailableError('What was printed is no PDF file. Write the report as HTML.');
  }
  return pdf;
}
