import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { type ExportKind, exportKinds } from '../contract/exports';
import { InputError } from '../core/base/errors';
import { listedFrom } from '../core/base/listedFrom';
import type { RemovalChoice } from '../worker/exports/exportRequest';
import { electronPrinter } from '../worker/report/electronPrinter';
import { chooseNames } from './chooseNames';
import { describeEmptyList, listExported } from './exportedFiles';
import type { Installation } from './installation';
import { parseNames, parsePath, parsePositiveCount, parseShare } from './parseOptions';
import { printResult } from './terminal';
import { withEngine } from './withEngine';
import { openAudited } from './withProject';

interface ExportCommandOptions {
  readonly project: string;
  readonly out: string;
  readonly format?: readonly string[];
  readonly copy?: boolean;
  readonly link?: boolean;
  readonly threshold?: number;
  readonly top?: number;
  readonly includeValidation?: boolean;
  readonly overwrite?: boolean;
  readonly allowEmptyingClasses?: boolean;
  readonly json?: boolean;
}

/** Adds `assay export`. */
export function addExportCommand(program: Command, installation: Installation): void {
  program
    .command('export')
    .description('write the files of an audited project')
    .requiredOption('--project <dir>', 'the project folder', parsePath)
    .requiredOption('--out <dir>', 'folder for the results', parsePath)
    .option(
      '--format <names>',
      `files to write, separated by commas: ${exportKinds.slice(0, -1).join(', ')}; where it is left out, all that make sense for the data but dataset`,
      parseNames,
    )
    .addOption(
      new Option(
        '--copy',
        'also make a folder of the files that stay, in folders of their labels, by copies',
      ).conflicts('link'),
    )
    .option('--link', 'the same by hard links, and copies where links are not possible')
    .addOption(
      new Option('--threshold <share>', 'remove by suspicion instead of by decisions')
        .argParser(parseShare)
        .conflicts('top'),
    )
    .option('--top <count>', 'remove this many of the most suspicious rows instead', parsePositiveCount)
    .option('--include-validation', 'also remove suspects among validation and test rows')
    .option('--overwrite', 'also replace files in the way that Assay did not write')
    .option('--allow-emptying-classes', 'also remove suspects where a class would keep fewer than three rows')
    .option('--json', 'print the result as JSON')
    .action(async (options: ExportCommandOptions) => runExportCommand(options, installation));
}

/**
 * `assay export`: writes the files of a project. Rows decided in the window are removed; where nothing was decided yet,
 * or `--threshold` or `--top` is given, rows are removed by suspicion.
 */
async function runExportCommand(options: ExportCommandOptions, installation: Installation): Promise<void> {
  const named = chooseKinds(options.format);
  // Before anything is opened: without a printer there is nothing to do.
  const print = named?.includes('report_pdf') === true ? electronPrinter(installation.applicationFolder) : undefined;
  await withEngine(installation, async (workplace) => {
    const { progress } = workplace;
    const makesFolder = options.copy === true || options.link === true;
    const project = await openAudited(options.project, workplace);
    const result = await project.exports.start({
      print,
      folder: resolve(options.out),
      kinds: [...(named ?? project.exports.kinds), ...(makesFolder ? (['dataset'] as const) : [])],
      fileMode: options.link === true ? 'link' : 'copy',
      overwrite: options.overwrite === true,
      removal: chooseRemoval(options, project.review.hasDecisions),
      parameters: { command: 'export', ...options },
    }).result;
    progress.clear();
    printResult(options, result, () => {
      const empty = result.emptyList === null ? [] : [`! ${describeEmptyList(result.emptyList)}`];
      const warnings = result.classWarnings.map((warning) => `! ${warning}`);
      return [...warnings, ...empty, ...listExported(result)].join('\n');
    });
  });
}

/** @throws InputError for options about suspects where decisions say what is removed. */
export function chooseRemoval(
  options: Pick<ExportCommandOptions, 'threshold' | 'top' | 'includeValidation' | 'allowEmptyingClasses'>,
  hasDecisions: boolean,
): RemovalChoice {
  if (hasDecisions && options.threshold === undefined && options.top === undefined) {
    if (options.includeValidation !== true && options.allowEmptyingClasses !== true) return { kind: 'decisions' };
    throw new InputError(
      'Rows of this project were decided on, and the decisions say what is removed. --include-validation and --allow-emptying-classes ' +
        'go with --threshold or --top, which remove by suspicion instead.',
    );
  }
  return {
    kind: 'suspicion',
    threshold: options.threshold ?? listedFrom,
    ...(options.top === undefined ? {} : { top: options.top }),
    includeValidation: options.includeValidation === true,
    emptyClasses: options.allowEmptyingClasses === true,
  };
}

/** Undefined: all that make sense. @throws InputError for a format that is not known, naming those that are. */
export function chooseKinds(format: readonly string[] | undefined): ExportKind[] | undefined {
  if (format === undefined) return undefined;
  return [...new Set<ExportKind>([...chooseNames(format, exportKinds, '--format'), 'manifest'])];
}
