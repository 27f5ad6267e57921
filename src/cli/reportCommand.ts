import { extname } from 'node:path';
import type { Command } from 'commander';
import { InputError } from '../core/base/errors';
import { formatCount } from '../core/base/format';
import { listedFrom } from '../core/base/listedFrom';
import { electronPrinter } from '../worker/report/electronPrinter';
import type { Installation } from './installation';
import { parsePath, parseShare } from './parseOptions';
import { printResult } from './terminal';
import { terminalCell } from './terminalText';
import { withEngine } from './withEngine';
import { openAudited } from './withProject';

interface ReportCommandOptions {
  readonly project: string;
  readonly out: string;
  readonly threshold: number;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

/** Adds `assay report`. */
export function addReportCommand(program: Command, installation: Installation): void {
  program
    .command('report')
    .description(
      'write a report for colleagues: what was audited, found, decided and verified, as one HTML or PDF file that needs nothing else',
    )
    .requiredOption('--project <dir>', 'an audited project (assay audit --project makes one)', parsePath)
    .requiredOption('--out <file>', 'the report, ending in .html or .pdf', parsePath)
    .option('--threshold <share>', 'suspicion from which a row is a suspect', parseShare, listedFrom)
    .option('--overwrite', 'also replace a file in the way that Assay did not write')
    .option('--json', 'print the result as JSON')
    .action(async (options: ReportCommandOptions) => runReportCommand(options, installation));
}

/** `assay report`: the latest audit of a project, its decisions and the latest verification of it. */
async function runReportCommand(options: ReportCommandOptions, installation: Installation): Promise<void> {
  const { out, threshold } = options;
  const ending = extname(out).toLowerCase();
  if (!['.html', '.htm', '.pdf'].includes(ending)) {
    throw new InputError(`--out ${out}: a report is an HTML or a PDF file. Give it a name that ends in .html or .pdf.`);
  }
  // Before anything is opened: without a printer there is nothing to do.
  const print = ending === '.pdf' ? electronPrinter(installation.applicationFolder) : undefined;
  await withEngine(installation, async (workplace) => {
    const { progress } = workplace;
    const project = await openAudited(options.project, workplace);
    const request = { file: out, threshold, overwrite: options.overwrite === true, print };
    const written = await project.exports.startReport(request).result;
    progress.clear();
    const result = { file: out, bytes: written.bytes, sha256: written.sha256 };
    printResult(options, result, () => `written to ${terminalCell(out, 4_096)} (${formatCount(written.bytes)} bytes)`);
  });
}
