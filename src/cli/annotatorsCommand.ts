import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { InputError } from '../core/base/errors';
import type { AnnotationSource, AnnotatorsReport, AnnotatorsRequest } from '../worker/annotators/annotatorsRequest';
import { checkOutputs, StagedFiles } from '../worker/exports/stagedFiles';
import { addTable } from '../worker/exports/tableFile';
import type { OpenProject } from '../worker/project/openProject';
import { findAnnotatorColumns } from './annotatorColumns';
import { annotatorsSummary, describeAnnotators } from './annotatorsReport';
import {
  agreementTable,
  annotatorFiles,
  annotatorsTable,
  confusionsTable,
  consensusTable,
  relabelTable,
} from './annotatorsTables';
import type { Installation } from './installation';
import { encoderOption, picturesOption, scaleOption, textOption } from './modelOptions';
import { collectTexts, parseNames, parsePath, parsePositiveCount, parseSeed } from './parseOptions';
import { type DataOptions, inspectData, readData, readsOf } from './readData';
import { withReadingOptions } from './readingOptions';
import { readListFile } from './readListFile';
import { listWritten, printResult } from './terminal';
import { withEngine } from './withEngine';

interface AnnotatorsCommandOptions extends Omit<DataOptions, 'label' | 'split' | 'validation' | 'similarLabels'> {
  readonly out: string;
  readonly annotators?: string;
  readonly annotations?: string;
  readonly annotationColumns?: readonly string[];
  readonly experts: boolean;
  readonly top: number;
  readonly json?: boolean;
}

/** The column that `labelled.csv` has more. */
const consensusColumn = 'consensus';

/** Adds `assay annotators`. */
export function addAnnotatorsCommand(program: Command, installation: Installation): void {
  const annotators = program
    .command('annotators')
    .description('find the consensus of several annotators, what each is worth, and which rows to label again')
    .argument('<data>', 'CSV, TSV or other delimited text', parsePath)
    .requiredOption('--out <dir>', `folder for ${annotatorFiles.join(', ')}`, parsePath)
    .option('--annotators <columns>', "columns with one annotator's labels each, separated by commas, or as 'label_*'")
    .addOption(
      new Option('--annotations <file>', 'instead: a table with one line a label: row or id, annotator, label')
        .argParser(parsePath)
        .conflicts('annotators'),
    )
    .option(
      '--annotation-columns <names>',
      'what its three columns are called, in this order, where not id, annotator, label',
      parseThreeNames,
    )
    .option('--no-experts', "leave the features out: Dawid and Skene's consensus of the labels alone")
    .option('--top <count>', 'rows in relabel_first.csv', parsePositiveCount, 100)
    .option('--id <column>', 'the id column')
    .option('--features <columns>', 'feature columns (default: all usable ones); names as in audit', collectTexts)
    .option('--ignore <columns>', 'columns that take no part; as --features', collectTexts)
    .option('--no-standardize', 'leave numbers as they are')
    .addOption(scaleOption())
    .addOption(textOption())
    .addOption(picturesOption())
    .addOption(encoderOption());
  withReadingOptions(annotators)
    .addOption(
      new Option('--ragged <way>', 'rows with surplus cells, whose labels may be shifted')
        .choices(['set-aside', 'use'])
        .default('set-aside'),
    )
    .addOption(
      new Option('--backend <name>', 'what computes').choices(['auto', 'native', 'wasm', 'float64']).default('auto'),
    )
    .option('--seed <number>', 'of whatever is drawn', parseSeed, 7)
    .option('--json', 'print the summary as JSON')
    .addHelpText(
      'after',
      `
The experts of an audit learn from the consensus and take part as one more
annotator. labelled.csv is the data with the consensus in place of the columns
of annotators. Example:
  assay annotators data.csv --annotators 'label_*' --out crowd
  assay audit crowd/labelled.csv --label consensus --out results`,
    )
    .action(async (data: string, options: AnnotatorsCommandOptions) =>
      runAnnotatorsCommand(data, options, installation),
    );
}

function parseThreeNames(text: string): string[] {
  const names = parseNames(text);
  if (names.length === 3) return names;
  throw new InvalidArgumentError('Give three names, separated by commas: of the row, the annotator and the label.');
}

/** `assay annotators`: all files or none. */
async function runAnnotatorsCommand(
  data: string,
  options: AnnotatorsCommandOptions,
  installation: Installation,
): Promise<void> {
  const { annotations, annotationColumns } = options;
  if (options.annotators === undefined && annotations === undefined) {
    throw new InputError(
      "Say where the labels are: --annotators 'label_*' for columns of the data, or --annotations FILE.",
    );
  }
  if (annotations === undefined && annotationColumns !== undefined) {
    throw new InputError('--annotation-columns belongs to --annotations.');
  }
  const out = resolve(options.out);
  const reading: DataOptions = { ...options, validation: 'none', withoutLabel: true };
  const lists = annotations === undefined ? [] : [{ path: resolve(annotations), what: 'the file of --annotations' }];
  const output = { fileNames: annotatorFiles, overwrite: options.overwrite === true };
  await checkOutputs(out, { ...output, reads: [...readsOf(data, reading), ...lists] });
  const lines = annotations === undefined ? undefined : await readListFile(annotations, '--annotations');
  const file = await inspectData(data, reading);
  await withEngine(installation, async (workplace) => {
    workplace.engine.prepare(options.backend);
    const { project, messages } = await readData(file, reading, workplace);
    const source = chooseSource(project, options, lines);
    const { experts, standardize, scale, text, pictures, ragged, backend, seed } = options;
    const request: AnnotatorsRequest = { source, experts, standardize, scale, text, pictures, ragged, backend, seed };
    const report = await project.annotators.start(request).result;
    workplace.engine.throwIfCancelled();
    const consensus = consensusOf(project, report);
    messages.tellMore(report.warnings);
    if (consensus.name !== consensusColumn) {
      messages.tellMore([
        `The data have a column “${consensusColumn}”: labelled.csv has the consensus found here in the column “${consensus.name}”.`,
      ]);
    }
    const ids = await project.rows.readIds();
    const summary = { ...annotatorsSummary(report), consensus_column: consensus.name, seed: options.seed };
    const reads = [...readsOf(data, reading, project), ...lists];
    await StagedFiles.write(out, { ...output, reads }, async (staged) => {
      await addTable(staged, 'consensus.csv', consensusTable(report, ids));
      await addTable(staged, 'relabel_first.csv', relabelTable(report, ids, options.top));
      await addTable(staged, 'annotators.csv', annotatorsTable(report));
      await addTable(staged, 'confusions.csv', confusionsTable(report));
      await addTable(staged, 'agreement.csv', agreementTable(report));
      await staged.add('labelled.csv', (writer) =>
        project.annotators.writeLabelled(writer, consensus, labelColumnsOf(source)),
      );
      await staged.add('summary.json', (writer) => writer.write(`${JSON.stringify(summary, null, 2)}\n`));
    });
    workplace.progress.clear();
    printResult(options, { ...summary, files: annotatorFiles }, () =>
      [describeAnnotators(report, ids), listWritten(out, annotatorFiles)].join('\n'),
    );
  });
}

/** Where the labels are. */
function chooseSource(
  project: OpenProject,
  { annotators, annotationColumns }: AnnotatorsCommandOptions,
  text: string | undefined,
): AnnotationSource {
  if (text !== undefined) return { kind: 'lines', text, columns: annotationColumns };
  const found = findAnnotatorColumns(project.dataset.summary().columns, annotators ?? '');
  return { kind: 'columns', columns: found.map(({ index }) => index) };
}

function labelColumnsOf(source: AnnotationSource): ReadonlySet<number> {
  return new Set(source.kind === 'columns' ? source.columns : []);
}

/** The added column, under a name that the data does not have. */
function consensusOf(
  project: OpenProject,
  { result, classes }: AnnotatorsReport,
): { readonly name: string; readonly valueOf: (row: number) => string } {
  const taken = new Set(project.dataset.summary().columns.map(({ name }) => name));
  let name = consensusColumn;
  for (let at = 2; taken.has(name); at++) name = `${consensusColumn}_${at}`;
  const { consensus } = result.columns;
  return { name, valueOf: (row) => (consensus[row] < 0 ? '' : classes[consensus[row]]) };
}
