import { basename, dirname, resolve } from 'node:path';
import { InputError } from '../core/base/errors';
import { unwatched } from '../worker/datasets/looking';
import { type ReadFile, sameFile } from '../worker/exports/outputTargets';
import { checkOutputs } from '../worker/exports/stagedFiles';
import type { EncoderKind } from '../worker/localEngine';
import { type DataFile, inspectFile } from '../worker/project/dataFile';
import type { OpenProject } from '../worker/project/openProject';
import { chooseColumns, type ColumnOptions } from './chooseColumns';
import { DataMessages, type ProblemOptions } from './dataMessages';
import type { ModelOptions } from './modelOptions';
import { ProgressLine } from './progressLine';
import { type ReadingOptions, saidDialect } from './readingOptions';
import { decideSimilarLabels, type SimilarLabelOptions } from './similarLabels';
import type { Workplace } from './withEngine';

/** How a data file is read, what its columns are for, and what head is fitted to it. */
export interface DataOptions extends ColumnOptions, ReadingOptions, ProblemOptions, SimilarLabelOptions, ModelOptions {}

/** @throws InputError when the file cannot be read as a table, or options exclude each other. */
export async function inspectData(data: string, options: DataOptions): Promise<DataFile> {
  if (validationFile(options) !== undefined && options.split !== undefined) {
    throw new InputError('--split and --validation FILE say two different things about validation. Give one of them.');
  }
  if (options.validation === 'none' && options.split !== undefined) {
    throw new InputError(
      '--split names the column that says which rows validate, --validation none wants none. Give one.',
    );
  }
  if (options.head === 'ridge' && options.similarLabels !== undefined) {
    throw new InputError(
      '--similar-labels is about the names of classes, and --head ridge takes the label as a number.',
    );
  }
  const path = resolve(data);
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
  const said = await saidDialect(options, path);
  const embeddings = await chooseEmbeddings(path, options);
  // Nothing has been made yet: a signal ends the process, and nothing is left behind.
  const progress = new ProgressLine();
  try {
    return await inspectFile(path, said, embeddings, { ...unwatched, tell: (text) => progress.tell(text) });
  } finally {
    progress.clear();
  }
}

async function chooseEmbeddings(
  data: string,
  { embeddings, id }: DataOptions,
): Promise<{ readonly path: string; readonly id?: string } | undefined> {
  if (embeddings === undefined) return undefined;
  const path = resolve(embeddings);
  if (await sameFile(path, data)) {
    throw new InputError(
      '--embeddings names the data file itself. Vectors that stand in the data are found without it: leave it out.',
    );
  }
  return { path, ...(id === undefined ? {} : { id }) };
}

/**
 * The file read into a new project, kept in `folder` where one is given, its columns as the options say, and the
 * validation file beside it. Says on stderr what is to be known of them.
 * @throws InputError when a column is not there, or a file cannot be read.
 */
export async function readData(
  file: DataFile,
  options: DataOptions,
  workplace: Workplace,
  folder?: string,
): Promise<{ readonly project: OpenProject; readonly messages: DataMessages }> {
  const kinds = await useEncoders(options, workplace);
  const project = await workplace.engine.readFile(file, folder);
  const messages = new DataMessages(project, options, workplace);
  try {
    await project.dataset.setColumns(chooseColumns(project.dataset.summary().columns, options));
    await decideSimilarLabels(project, options);
    checkEncoders(kinds, project);
    const validation = validationFile(options);
    if (validation !== undefined)
      await project.dataset.addValidationFile(validation, await saidDialect(options, validation), workplace.looking);
  } finally {
    // How the file was read may be why a column is not there.
    await messages.tellRead();
  }
  return { project, messages };
}

/** @returns what each encoder of --encoder reads */
async function useEncoders({ encoder, text, pictures }: DataOptions, { engine }: Workplace): Promise<EncoderKind[]> {
  const kinds: EncoderKind[] = [];
  for (const file of encoder ?? []) {
    const kind = await engine.useEncoder(file);
    if (kinds.includes(kind)) throw new InputError(`--encoder names two encoders of ${nouns[kind]}. Give one.`);
    kinds.push(kind);
  }
  if (pictures === 'pixels' && kinds.includes('pictures')) {
    throw new InputError(
      '--encoder names an encoder of pictures, and --pictures pixels does without one. Give one of the two.',
    );
  }
  if (text === 'words' && kinds.includes('text')) {
    throw new InputError(
      '--encoder names an encoder of texts, and --text words does without one. Give one of the two.',
    );
  }
  return kinds;
}

/** An encoder that nothing is encoded by was meant for something else. */
function checkEncoders(kinds: readonly EncoderKind[], project: OpenProject): void {
  const { columns } = project.dataset.summary();
  for (const kind of kinds) {
    const type = kind === 'text' ? 'text' : 'picture';
    if (columns.some((column) => column.role === 'feature' && column.type === type)) continue;
    throw new InputError(
      `--encoder names an encoder of ${nouns[kind]}, and no feature is a column of ${nouns[kind]}. Say which with --type column=${type} and --features, or leave --encoder out.`,
    );
  }
}

const nouns: Readonly<Record<EncoderKind, string>> = { text: 'texts', pictures: 'pictures' };

/**
 * What a command must not write over: what it reads, as far as that is known (once the project is open, the files that
 * it was made from too), and the list of problems.
 */
export function readsOf(
  data: string | undefined,
  {
    validation,
    embeddings,
    problems,
    encoder = [],
  }: Pick<DataOptions, 'validation' | 'embeddings' | 'problems' | 'encoder'>,
  project?: OpenProject,
): ReadFile[] {
  return [
    ...(data === undefined ? [] : [{ path: resolve(data), what: 'the data file' }]),
    ...(validation === undefined || validation === 'none'
      ? []
      : [{ path: resolve(validation), what: 'the validation file' }]),
    ...(embeddings === undefined ? [] : [{ path: resolve(embeddings), what: 'the file of embeddings' }]),
    ...(problems === undefined ? [] : [{ path: resolve(problems), what: 'the file of --problems' }]),
    ...encoder.map((file) => ({ path: resolve(file), what: 'the file of --encoder' })),
    ...(project?.dataset.sources ?? []),
  ];
}

function validationFile({ validation }: DataOptions): string | undefined {
  return validation === undefined || validation === 'none' ? undefined : resolve(validation);
}
