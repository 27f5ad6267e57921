import { InputError } from '../core/base/errors';
import type { RidgeConvention } from '../core/influence/removal/removalTypes';
import type { OpenProject } from '../worker/project/openProject';
import type { Installation } from './installation';
import { readListFile } from './readListFile';
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
  const text = options.remove === undefined ? undefined : await readListFile(options.remove, '--remove');
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
