import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InputError } from '../core/base/errors';
import type { RidgeConvention } from '../core/influence/removal/removalTypes';
import type { OpenProject } from '../worker/project/openProject';
import type { Installation } from './installation';
import { printResult } from './terminal';
import { describeVerification, verificationJson } from './verifyReport';
import { withEngine } from './withEngine';
import { openAudited } from './withProject';

export interface VerifyCommandOptions {
  readonly project: string;
  readonly remove?: string;
  readonly top?: number;
  readonly repeats: number;
  readonly seed: number;
  readonly ridgeConvention: RidgeConvention;
  readonly json?: boolean;
}

/** `assay verify`: retrains without rows and without random ones, and prints what was predicted beside what came out. */
export async function runVerifyCommand(options: VerifyCommandOptions, installation: Installation): Promise<void> {
  if ((options.remove === undefined) === (options.top === undefined)) {
    throw new InputError('Say which rows to remove: either --remove FILE or --top K.');
  }
  const text = options.remove === undefined ? undefined : await readText(resolve(options.remove));
  await withEngine(installation, async ({ engine, progress }) => {
    const project = await openAudited(options.project, engine);
    const { rows, chosenBy } = await chooseRows(project, text, options.top);
    const { repeats, seed, ridgeConvention } = options;
    const verification = await project.startVerify({ rows, repeats, seed, ridgeConvention }).result;
    progress.clear();
    printResult(options, { chosenBy, ...verificationJson(verification) }, () =>
      describeVerification(verification, chosenBy),
    );
  });
}

async function chooseRows(
  project: OpenProject,
  text: string | undefined,
  top: number | undefined,
): Promise<{ readonly rows: Int32Array; readonly chosenBy: string }> {
  if (text !== undefined) {
    const { rows, namedBy } = await project.rows.findNamed(text);
    return { rows, chosenBy: namedBy === 'row' ? 'row numbers of the file' : 'ids of the file' };
  }
  const count = top ?? 0;
  const ranked = await project.rows.rankTraining();
  if (ranked.length < count) {
    throw new InputError(`--top ${count}: there are only ${ranked.length} ranked training rows.`);
  }
  return { rows: ranked.slice(0, count), chosenBy: `the ${count} most suspicious training rows` };
}

/** Row numbers or ids of some millions of rows. */
const largestRemovalFile = 256 * 1024 * 1024;

/** @throws InputError where it cannot be read, or would never end (pipes, devices). */
async function readText(path: string): Promise<string> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw new InputError(`--remove: ${path} is a folder. Name the file in it.`);
    if (!found.isFile()) {
      throw new InputError(`--remove: ${path} is a pipe or a device. Write the rows to a file, and name that.`);
    }
    if (found.size > largestRemovalFile) {
      throw new InputError(`--remove: ${path} has more than 256 MB, which is no list of rows. Name another file.`);
    }
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      `--remove: ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
}
