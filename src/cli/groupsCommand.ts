import type { Command } from 'commander';
import { InputError } from '../core/base/errors';
import { formatCount } from '../core/base/format';
import type { RidgeConvention } from '../core/influence/removal/removalTypes';
import { findColumn } from './findColumns';
import { describeGroups, groupsJson } from './groupsReport';
import type { Installation } from './installation';
import { parseCount, parsePath, parsePositiveCount, withRidgeConvention } from './parseOptions';
import { withSourceOptions } from './sourceOptions';
import { printResult } from './terminal';
import { terminalCell } from './terminalText';
import { withValidationLabels } from './validationLabels';
import { type SourceOptions, withSource } from './withProject';

interface GroupsCommandOptions extends SourceOptions {
  readonly by: string;
  readonly verify: number;
  readonly limit: number;
  readonly ridgeConvention: RidgeConvention;
  readonly json?: boolean;
}

/** Adds `assay groups`. */
export function addGroupsCommand(program: Command, installation: Installation): void {
  const groups = program
    .command('groups')
    .description('tell what removing all rows of a group would do, for each value of a column')
    .argument(
      '[data]',
      'CSV, TSV or other delimited text, or a folder of pictures or texts; or --project instead',
      parsePath,
    )
    .option('--project <dir>', 'an audited project: its fitted model is studied', parsePath)
    .requiredOption('--by <column>', 'any column of the data: a source, an annotator, the label, …')
    .option('--verify <count>', 'groups with the largest effects to retrain without', parseCount, 3)
    .option('--limit <count>', 'the most groups that are compared', parsePositiveCount, 200);
  withValidationLabels(withRidgeConvention(withSourceOptions(groups, 'study')), 'study')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
The effect is that on the validation loss, and on the accuracy: by IF and RIF
(sums over the rows of a group), by the Newton step, which sees that they act
together, and by retraining. Groups whose removal lowers the loss come first.
Example:
  assay groups data.csv --label kind --ignore annotator --by annotator --verify 5`,
    )
    .action(async (data: string | undefined, options: GroupsCommandOptions) =>
      runGroupsCommand(data, options, installation),
    );
}

/** `assay groups`: what removing all rows with one value of a column would do, for each of its values. */
async function runGroupsCommand(
  data: string | undefined,
  options: GroupsCommandOptions,
  installation: Installation,
): Promise<void> {
  await withSource(data, options, installation, async ({ project, study, progress }) => {
    const column = findColumn(project.dataset.summary().columns, options.by, '--by');
    let names: readonly string[] = [];
    const { answer, head } = await study('groups', async (headData) => {
      const { input, classes } = headData;
      // A class may have more than one spelling.
      const isClass = column.role === 'label' && classes.length > 0;
      const groups = isClass
        ? { groupOf: Int32Array.from(input.labels), count: classes.length, names: classes }
        : await project.rows.group(column.index, headData);
      refuseCount(groups.count, column.name, options.limit);
      ({ names } = groups);
      return { groups, retrainings: options.verify, ridgeConvention: options.ridgeConvention };
    });
    progress.clear();
    const facts = {
      column: column.name,
      names,
      trainRows: head.trainRows,
      ridgeConvention: options.ridgeConvention,
      validationLabels: head.validationLabels,
      judged: data === undefined,
    };
    printResult(options, groupsJson(answer, facts), () => describeGroups(answer, facts));
  });
}

/** @throws InputError where there is nothing to compare, or too much. */
function refuseCount(count: number, column: string, limit: number): void {
  if (count < 2) {
    throw new InputError(
      `--by: all rows say the same in the column “${terminalCell(column)}”, so there are no groups.`,
    );
  }
  if (count <= limit) return;
  throw new InputError(
    `--by: the column “${terminalCell(column)}” has ${formatCount(count)} different values, and up to ${formatCount(limit)} groups are compared, as each costs a ` +
      'Newton step. Name a column with fewer, or raise --limit.',
  );
}
