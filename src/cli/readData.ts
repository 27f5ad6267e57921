import { basename, dirname, resolve } from 'node:path';
import { InputError } from '../core/base/errors';
import type { CsvInspection } from '../worker/datasets/datasetTypes';
import { inspectCsv } from '../worker/datasets/inspectCsv';
import { sourcesOf } from '../worker/exports/exportProject';
import { type ReadFile, sameFile } from '../worker/exports/outputTargets';
import { checkOutputs } from '../worker/exports/stagedFiles';
import { OpenProject } from '../worker/project/openProject';
import { describeOrigin, type Origin } from '../worker/project/projectFolders';
import { chooseColumns, type ColumnOptions } from './chooseColumns';
import { DataMessages, type ProblemOptions } from './dataMessages';
import type { ModelOptions } from './modelOptions';
import { type ReadingOptions, saidDialect } from './readingOptions';
import { decideSimilarLabels, type SimilarLabelOptions } from './similarLabels';
import type { CommandEngine } from './withEngine';

/** How a data file is read, what its columns are for, and what head is fitted to it. */
export interface DataOptions extends ColumnOptions, ReadingOptions, ProblemOptions, SimilarLabelOptions, ModelOptions {}

/** A data file that can be read, as its first part shows it. */
export interface DataFile {
  readonly path: string;
  readonly origin: Origin;
  readonly inspection: CsvInspection;
}

/** @throws InputError when the file cannot be read as a table, or options exclude each other. */
export async function inspectData(data: string, options: DataOptions): Promise<DataFile> {
  if (validationFile(options) !== undefined && options.split !== undefined) {
    throw new InputError('--split and --validation FILE say two different things about validation. Give one of them.');
  }
  const path = resolve(data);
  const origin = describeOrigin(path);
  const validation = validationFile(options);
  if (validation !== undefined && (await sameFile(validation, path))) {
    throw new InputError(
      '--validation names the data file itself: rows that train prove nothing. Name another file, or none.',
    );
  }
  const { problems, ...others } = options;
  if (problems !== undefined) {
    const reads = readsOf(data, others);
    const target = { fileNames: [basename(problems)], reads, overwrite: options.overwrite === true };
    await checkOutputs(dirname(resolve(problems)), target);
  }
  const inspection = await inspectCsv(path, { dialect: await saidDialect(options, path) });
  return { path, origin, inspection };
}

/**
 * The file read into a new project in `folder`, its columns as the options say, and the validation file beside it. Says
 * on stderr what is to be known of them.
 * @throws InputError when a column is not there, or a file cannot be read.
 */
export async function readData(
  { origin, inspection }: DataFile,
  folder: string,
  options: DataOptions,
  engine: CommandEngine,
): Promise<{ readonly project: OpenProject; readonly messages: DataMessages }> {
  const project = engine.keep(await OpenProject.create(folder, origin, inspection, engine.environment));
  await project.whenLoaded();
  const messages = new DataMessages(project, options, engine);
  try {
    await project.setColumns(chooseColumns(project.store.sources.columns, options));
    await decideSimilarLabels(project, options);
    const validation = validationFile(options);
    if (validation !== undefined) await project.addValidationFile(validation, await saidDialect(options, validation));
  } finally {
    // How the file was read may be why a column is not there.
    await messages.tellRead();
  }
  return { project, messages };
}

/**
 * What a command must not write over: what it reads, as far as that is known (once the project is open, the files that it was made from too), and
 * the list of problems.
 */
export function readsOf(
  data: string | undefined,
  { validation, problems }: Pick<DataOptions, 'validation' | 'problems'>,
  store?: Parameters<typeof sourcesOf>[0],
): ReadFile[] {
  return [
    ...(data === undefined ? [] : [{ path: resolve(data), what: 'the data file' }]),
    ...(validation === undefined || validation === 'none'
      ? []
      : [{ path: resolve(validation), what: 'the validation file' }]),
    ...(problems === undefined ? [] : [{ path: resolve(problems), what: 'the file of --problems' }]),
    ...(store === undefined ? [] : sourcesOf(store)),
  ];
}

function validationFile({ validation }: DataOptions): string | undefined {
  return validation === undefined || validation === 'none' ? undefined : resolve(validation);
}
