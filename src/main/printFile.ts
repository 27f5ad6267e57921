import { readFileSync, writeFileSync } from 'node:fs';
import { app } from 'electron';
import { printSwitches } from '../contract/printing';
import { printPage } from './printPage';

/** What the command line asks to be printed instead of opening the window; undefined: nothing. */
export function findPrintOrder(): { readonly page: string; readonly pdf: string } | undefined {
  const page = app.commandLine.getSwitchValue(printSwitches.page);
  const pdf = app.commandLine.getSwitchValue(printSwitches.pdf);
  return page === '' || pdf === '' ? undefined : { page, pdf };
}

/** Prints a file of HTML to a file that is not there yet, and ends the application: with 0 when all went well. */
export async function printFile({ page, pdf }: { readonly page: string; readonly pdf: string }): Promise<void> {
  // The window that prints is the only one: its end is not that of the application.
  app.on('window-all-closed', () => undefined);
  try {
    writeFileSync(pdf, await printPage(readFileSync(page, 'utf8')), { flag: 'wx' });
    app.exit(0);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    app.exit(1);
  }
}
