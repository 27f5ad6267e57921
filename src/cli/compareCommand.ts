import type { Command } from 'commander';
import { InputError } from '../core/base/errors';
import { compareDecisionFiles } from '../worker/decisions/compareFiles';
import { comparisonJson, describeComparison } from './compareReport';
import type { Installation } from './installation';
import { parsePath, parsePositiveCount } from './parseOptions';
import { printResult } from './terminal';
import { withEngine } from './withEngine';
import { openAudited } from './withProject';

interface CompareOptions {
  readonly project?: string;
  readonly pass?: number;
  readonly json?: boolean;
}

/** Adds `assay decisions compare`. */
export function addCompareCommand(decisions: Command, installation: Installation): void {
  decisions
    .command('compare')
    .description('how far two reviews agree: counts, agreement, Cohen’s kappa, and what differs')
    .argument('[first]', 'decisions.csv of the first', parsePath)
    .argument('[second]', 'decisions.csv of the second', parsePath)
    .option('--project <dir>', 'instead: the project’s review and a second pass of it', parsePath)
    .option('--pass <number>', 'which second pass; the latest that has ended', parsePositiveCount)
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
Only rows that both kept, removed or relabelled count for the agreement, and
relabelled rows agree where the label is the same. Intervals are of 95 %.
Example:
  assay decisions compare ada/decisions.csv ben/decisions.csv`,
    )
    .action(async (first: string | undefined, second: string | undefined, options: CompareOptions) =>
      runCompareCommand(first, second, options, installation),
    );
}

/** `assay decisions compare`. @throws InputError where neither two files nor a project are named. */
async function runCompareCommand(
  first: string | undefined,
  second: string | undefined,
  options: CompareOptions,
  installation: Installation,
): Promise<void> {
  if (options.project === undefined) {
    if (first === undefined || second === undefined) {
      throw new InputError('Name two decision files, or a project with a second pass (--project DIR).');
    }
    if (options.pass !== undefined) throw new InputError('--pass belongs to --project.');
    const compared = { ...(await compareDecisionFiles(first, second)), names: ['the first', 'the second'] as const };
    printResult(options, comparisonJson(compared), () => describeComparison(compared));
    return;
  }
  const { project: folder } = options;
  if (first !== undefined) throw new InputError('Name either two decision files or a project, not both.');
  await withEngine(installation, async (workplace) => {
    const project = await openAudited(folder, workplace);
    const ended = (await project.passes.list()).filter(({ state }) => state === 'ended');
    const number = options.pass ?? ended[0]?.pass;
    if (number === undefined) {
      throw new InputError('No second pass of this project has ended. Begin one in the window, under Review.');
    }
    const { pass, firstReviewers, differences: total, open, ...facts } = await project.passes.compare(number);
    const rows = await project.passes.differences(number);
    const differences = rows.flatMap(({ name, first: a, second: b }) =>
      b === null ? [] : [{ name, first: a, second: b }],
    );
    const names = [firstReviewers.find((name) => name !== '') ?? 'the first', pass.reviewer] as const;
    const compared = { ...facts, differences, unreadable: 0, names };
    printResult(options, { ...comparisonJson(compared), differences_in_all: total, open: open.length }, () =>
      describeComparison(compared),
    );
  });
}
