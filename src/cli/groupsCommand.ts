import { InputError } from '../core/base/errors';
import type { RidgeConvention } from '../core/influence/removal/removalTypes';
import { findColumn } from './findColumns';
import { describeGroups, groupsJson } from './groupsReport';
import type { Installation } from './installation';
import { printResult } from './terminal';
import { terminalCell } from './terminalText';
import { formatCount } from './textTable';
import { type SourceOptions, withSource } from './withProject';

export interface GroupsCommandOptions extends SourceOptions {
  readonly by: string;
  readonly verify: number;
  readonly limit: number;
  readonly ridgeConvention: RidgeConvention;
  readonly json?: boolean;
}

/** `assay groups`: what removing all rows with one value of a column would do, for each of its values. */
export async function runGroupsCommand(
  data: string | undefined,
  options: GroupsCommandOptions,
  installation: Installation,
): Promise<void> {
  await withSource(data, options, installation, async ({ project, study, progress }) => {
    const column = findColumn(project.summary().columns, options.by, '--by');
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
    const facts = { column: column.name, names, trainRows: head.trainRows, ridgeConvention: options.ridgeConvention };
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
